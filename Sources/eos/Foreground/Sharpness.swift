import ArgumentParser
import CEos
import EosCore
import EosJSON
import EosRuns

struct Sharpness: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the leading eigenvalues of the Hessian.",
        discussion: """
            For a spec, the command measures at the starting point. For a run, it measures at the last intact \
            checkpoint, with the run's own copies of its plugins. It uses the Lanczos method with full \
            reorthogonalisation and prints an error bound (+-) with each eigenvalue. An eigenvalue has converged if \
            its bound is below the tolerance, relative to the eigenvalue, and no larger eigenvalue was missed. The \
            probability of a miss is at most 0.001.
            """)

    @Argument(help: ArgumentHelp("A spec, or the directory of a run.", valueName: "spec|run"))
    var path: String

    @Option(help: ArgumentHelp("Number of eigenvalues, the largest first.", valueName: "k"))
    var count = 1

    @Option(
        help: ArgumentHelp("Largest residual of a converged eigenvalue, relative to the eigenvalue.", valueName: "t"))
    var tolerance = 1e-3

    @Option(help: ArgumentHelp("Limit of Hessian-vector products.", valueName: "n"))
    var products = 1000

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Set a key of the spec. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if !(1...1000).contains(count) { throw ValidationError("--count is \(count); give 1 to 1000") }
        if !(1e-14...1).contains(tolerance) { throw ValidationError("--tolerance is \(tolerance); give 1e-14 to 1") }
        if products < 1 { throw ValidationError("--products is \(products); give at least 1") }
    }

    func run() throws {
        try Ending.watchPlugins()
        let isRun = RunDirectory.looksLikeRun(path)
        let (problem, x, iteration) = try fromUser { () throws(EosError) in
            let directory = isRun ? try RunDirectory.open(path) : nil
            let workbench = try directory.map { (run) throws(EosError) in
                try Workbench.ofRun(run, warn: Console.warning)
            }
            let problem = try Problem(directory?.spec ?? path, overrides, workbench ?? Workbench())
            if let directory, let workbench {
                try workbench.checkObjective(of: problem.spec, in: directory, warn: Console.warning)
            }
            let (x, iteration) = try point(problem, directory)
            return (problem, x, iteration)
        }
        let process = try ObjectiveCurvature(problem.objective, at: UnsafeRawPointer(x.pointer)).leading(
            LeadingEigenvalues.Options(
                count: min(count, problem.objective.space.count), tolerance: tolerance, maxProducts: products,
                seed: problem.spec.seed))
        withExtendedLifetime(x) {}
        try Console.print(json ? describe(process, iteration).text : lines(process, iteration).joined(separator: "\n"))
    }

    private func point(_ problem: Problem, _ directory: RunDirectory?) throws(EosError) -> (Vector, Int) {
        guard let directory else { return (try problem.start(), 0) }
        let store = CheckpointStore(directory.checkpoints, keep: problem.spec.checkpoint.keep)
        for iteration in try store.iterations() {
            let state: SavedState
            do throws(EosError) { state = try store.load(iteration) } catch {
                guard error.status == EOS_E_FORMAT else { throw error }
                Console.warning("\(error); trying the checkpoint before it")
                continue
            }
            return (try Trainer.parameters(of: state, for: problem.objective), iteration)
        }
        throw EosError(EOS_E_NOT_FOUND, "\(directory.path): the run has no intact checkpoint; give its spec instead")
    }

    private func lines(_ process: LeadingEigenvalues, _ iteration: Int) -> [String] {
        process.pairs.map { pair in
            "\(pair.value) +- \(ProgressDisplay.short(pair.residual))" + (pair.converged ? "" : "  (not converged)")
        } + ["iteration \(iteration), \(process.products) products"]
    }

    private func describe(_ process: LeadingEigenvalues, _ iteration: Int) -> JSONText {
        [
            "iteration": .integer(iteration), "products": .integer(process.products),
            "eigenvalues": .array(
                process.pairs.map {
                    ["value": .number($0.value), "residual": .number($0.residual), "converged": .bool($0.converged)]
                }),
        ]
    }
}
