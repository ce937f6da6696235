import ArgumentParser
import CEos
import EosConformance
import EosCore
import EosRunModel
import EosRuns
import Foundation

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train what a spec describes, or go on with a run.",
        discussion: """
            Reads the spec (TOML), makes its objective and policy and trains in the foreground. The run directory takes \
            the spec with every default filled in (spec.toml), the records of every iterate (run.db, SQLite), a log and \
            checkpoints (ckpt/<iteration>.safetensors) and copies of the plugins (plugins/). By default it is \
            ./runs/<name>-<time>-<n>; one that exists is never overwritten.

            Ctrl-C stops after the evaluation under way and saves the state; a second Ctrl-C ends at once. A run that \
            was stopped or killed goes on with --resume from its last whole checkpoint, to the same bits as if it had \
            never stopped. It goes on with its own copies of its plugins, whatever became of the files since. What \
            differs from what it was trained with is refused; --force-plugin goes on all the same, with the plugins \
            that are installed now, and records them; what these give at the saved parameters counts from there on.

            With --json one JSON object is printed at the end on standard output: run, state, reason, iterations, \
            evaluations, loss, step, sharpness, metrics, parameters (the last checkpoint), seconds.

            With --check nothing is trained: the gradient and the curvature products at the starting point are held \
            against differences of values and gradients, and a contradiction gives exit status 1.

            EXAMPLES
              eos train digits.toml
              eos train digits.toml --set policy.name=nls --set stop.iterations=2000 --json
              eos train --resume runs/digits-20260131T120000Z-1 --set stop.iterations=10000

            SPEC
            [objective] and [policy] take the keys of what they name besides: see eos plugins and eos policies. The data \
            set of an objective stands in [objective.data]: see eos plugins --data.
            \(keys)
            """)

    /// The keys of the run itself, by table.
    private static var keys: String {
        SpecSchema.sections.map { section in
            let title = section.table.isEmpty ? "before the tables" : "[\(section.table)]"
            return "\n\(title)\n" + section.schema.lines(indent: "  ").joined(separator: "\n")
        }.joined(separator: "\n")
    }

    @Argument(help: ArgumentHelp("The spec.", valueName: "spec"), completion: .file(extensions: ["toml"]))
    var spec: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set a key of the spec, as policy.name=nls; may be given several times.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(help: "Print one JSON object at the end.")
    var json = false

    @Option(help: ArgumentHelp("The run directory, which must not exist or be empty.", valueName: "dir"))
    var out: String?

    @Option(help: ArgumentHelp("Go on with the run in this directory.", valueName: "run"), completion: .directory)
    var resume: String?

    @Flag(help: "With --resume: go on with the plugins that are installed now, though others than those of the run.")
    var forcePlugin = false

    @Flag(help: "Check the derivatives at the starting point instead of training.")
    var check = false

    mutating func validate() throws {
        if resume == nil, spec == nil { throw ValidationError("give a spec, or a run with --resume") }
        if let resume, let spec {
            throw ValidationError("both the spec \(spec) and --resume \(resume) are given; drop one of them")
        }
        if resume != nil, out != nil {
            throw ValidationError("--out does not go with --resume: a run keeps its directory")
        }
        if resume == nil, forcePlugin {
            throw ValidationError("--force-plugin goes with --resume: a new run takes the plugins that are installed")
        }
        if resume != nil, check { throw ValidationError("--check takes a spec, not --resume") }
    }

    func run() throws {
        Interrupts.admit()
        try Ending.watchPlugins()
        if check { return try checkDerivatives(Workbench()) }
        try train(try resume.map { try go(on: $0) } ?? begin())
    }

    private func begin() throws -> RunSession {
        let path = spec!
        let installed = Workbench()
        let spec = try fromUser { () throws(EosError) in
            try RunSpec(path: path, overrides: overrides, catalogue: installed)
        }
        let plugins: StagedPlugins
        do throws(EosError) {
            plugins = try StagedPlugins(for: spec, from: installed, near: out ?? "runs")
        } catch {
            throw Failure(error, error.status == EOS_E_NOT_FOUND ? ExitStatus.mistake : ExitStatus.failure)
        }
        let (workbench, problem, policy) = try fromUser { () throws(EosError) in
            let workbench = try Workbench(plugins.snapshot)
            let problem = try Problem(spec, in: path, workbench)
            return (workbench, problem, try problem.makePolicy(workbench))
        }
        do throws(EosError) {
            let session = try RunSession.begin(
                spec, objective: problem.objective, policy: policy, facts: workbench.facts(for: spec),
                plugins: plugins
            ) { () throws(EosError) in
                if let out { return try RunDirectory.create(at: out) }
                return try RunDirectory.create(in: "runs", name: spec.name)
            }
            session.connect(
                problem.host, problem.log, retuning: workbench.retuning(of: session.directory, host: problem.host))
            return session
        } catch {
            if error.status == EOS_E_MEMORY { throw Failure(error.within(path), ExitStatus.failure) }
            // A directory that is taken or whose path leads nowhere is a mistake; one that can't be written is not.
            let isMistake = error.status == EOS_E_INVALID || error.status == EOS_E_NOT_FOUND
            throw Failure(error, isMistake ? ExitStatus.mistake : ExitStatus.failure)
        }
    }

    private func go(on path: String) throws -> RunSession {
        try fromUser { () throws(EosError) in
            let directory = try RunDirectory.open(path)
            for assignment in overrides where !Self.mayChange(assignment) {
                throw EosError(
                    EOS_E_CONFIG,
                    "--set \(assignment): a run that goes on keeps its objective and policy; "
                        + "stop, probes, checkpoint and compute may change")
            }
            let (spec, workbench, plugins) = try pluginsToGoOn(with: directory)
            let problem = try Problem(spec, in: directory.spec, workbench)
            let session = try RunSession.resume(
                spec, objective: problem.objective, policy: try problem.makePolicy(workbench),
                facts: workbench.facts(for: spec), directory: directory, plugins: plugins, isForced: forcePlugin,
                warn: Console.warning)
            session.connect(
                problem.host, problem.log, retuning: workbench.retuning(of: session.directory, host: problem.host))
            return session
        }
    }

    /// The run's own plugins; what is installed where it has none, or where that is wanted.
    private func pluginsToGoOn(
        with directory: RunDirectory
    ) throws(EosError) -> (RunSpec, Workbench, StagedPlugins?) {
        let found = forcePlugin ? Workbench() : try Workbench.ofRun(directory, warn: Console.warning)
        let spec = try RunSpec(path: directory.spec, overrides: overrides, catalogue: found)
        guard let own = found.snapshot else {
            let plugins = try StagedPlugins(for: spec, from: found, near: directory.plugins)
            return (spec, try Workbench(plugins.snapshot), plugins)
        }
        let replaced = own.replacedFiles.filter { FileManager.default.fileExists(atPath: $0) }
        if !replaced.isEmpty {
            Console.note(
                "\(replaced.joined(separator: ", ")) has changed since the run began, which goes on with its own copy; "
                    + "--force-plugin takes the new one")
        }
        return (spec, found, nil)
    }

    private static func mayChange(_ assignment: String) -> Bool {
        ["stop.", "probes.", "checkpoint.", "compute."].contains { assignment.hasPrefix($0) }
    }

    private func train(_ session: RunSession) throws {
        var display = ProgressDisplay(session.spec)
        Console.note("run \(session.directory.path)")
        Ending.advise(toResume: session.directory.path)
        session.onProgress = { display.show($0) }
        session.onWarning = { message in
            display.clear()
            Console.warning(message)
        }
        let control = session.control
        let interrupts = Interrupts { @Sendable _ in
            control.stop()
            let call = Ending.callUnderWay.map { " (\($0))" } ?? ""
            Console.note("stopping after the evaluation under way\(call); once more ends at once")
        }
        let summary: RunSummary
        do {
            summary = try withLastWords(session.recordEnd) { try session.run() }
        } catch {
            display.clear()
            throw error
        }
        display.clear()
        var unprinted: Failure?
        do throws(Failure) { try Console.print(json ? summary.json.text : summary.text) } catch { unprinted = error }
        if summary.state == .failed {
            if let unprinted, !unprinted.message.isEmpty { Console.error(unprinted.message) }
            throw Failure("\(session.directory.path): \(summary.reason)", ExitStatus.failure)
        }
        if summary.state.phase == .paused {
            Console.note("the state is saved; go on with: eos train --resume \(session.directory.path)")
            if unprinted == nil, let signal = interrupts.signal { throw ExitCode(128 + signal) }
        }
        if let unprinted { throw unprinted }
    }

    private func checkDerivatives(_ workbench: Workbench) throws {
        let path = spec!
        let check = try fromUser { () throws(EosError) in
            let problem = try Problem(path, overrides, workbench)
            let x = try problem.start()
            return try DerivativeCheck(problem.objective, at: UnsafeRawPointer(x.pointer), seed: problem.spec.seed)
        }
        try Console.print(json ? check.json.text : check.text)
        if check.verdict == .inconclusive {
            Console.note("differences settle nowhere along some directions (kinks or rounding): try dtype = \"f64\"")
        }
        if check.verdict == .contradicts {
            throw Failure(
                "\(path): the derivatives contradict the values; correct the objective's gradient or curvature",
                ExitStatus.failure)
        }
    }
}
