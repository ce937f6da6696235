import ArgumentParser
import CEos
import EosConformance
import EosCore
import EosRunModel
import EosRuns
import Foundation

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the objective of a spec, or continue a run.",
        discussion: """
            The command reads the spec (TOML), makes its objective and policy, and trains in the foreground. It writes \
            a run directory, by default ./runs/<name>-<time>-<n>, and never overwrites an existing one. The directory \
            contains

              spec.toml  the spec, with all defaults filled in
              run.db     the records of all iterates (SQLite)
              log        the log
              ckpt       checkpoints, as <iteration>.safetensors
              plugins    copies of the plugins

            Ctrl-C stops after the current evaluation and saves the state. A second Ctrl-C ends at once. --resume \
            continues a run that was stopped or killed. It starts from the last intact checkpoint and reaches the same \
            bits as if the run had never stopped. It uses the run's own copies of its plugins, even if the installed \
            files have changed. It refuses plugins that differ from those of the run. --force-plugin uses the \
            installed plugins instead and records them. The best loss then starts again from their value at the saved \
            parameters.

            --json prints one JSON object on standard output at the end, with these members: run, state, reason, \
            iterations, evaluations, loss, step, sharpness, metrics, parameters (the last checkpoint), seconds.

            --check trains nothing. It compares the gradient and the curvature products at the starting point with \
            differences of values and gradients. If they contradict each other, the exit status is 1.

            EXAMPLES
              eos train digits.toml
              eos train digits.toml --set policy.name=nls --set stop.iterations=2000 --json
              eos train --resume runs/digits-20260131T120000Z-1 --set stop.iterations=10000

            SPEC
            [objective] and [policy] also accept the keys of the objective and the policy that they name: see eos \
            plugins and eos policies. [objective.data] describes the data set of an objective: see eos plugins --data.
            \(keys)
            """)

    /// The keys of the run itself, by table.
    private static var keys: String {
        SpecSchema.sections.map { section in
            let title = section.table.isEmpty ? "before all tables" : "[\(section.table)]"
            return "\n\(title)\n" + section.schema.lines(indent: "  ").joined(separator: "\n")
        }.joined(separator: "\n")
    }

    @Argument(help: ArgumentHelp("The spec.", valueName: "spec"), completion: .file(extensions: ["toml"]))
    var spec: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set a key of the spec, such as policy.name=nls. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(help: "Print one JSON object at the end.")
    var json = false

    @Option(help: ArgumentHelp("The run directory. It must not exist, or it must be empty.", valueName: "dir"))
    var out: String?

    @Option(help: ArgumentHelp("Continue the run in this directory.", valueName: "run"), completion: .directory)
    var resume: String?

    @Flag(help: "With --resume, use the installed plugins even if they differ from those of the run.")
    var forcePlugin = false

    @Flag(help: "Check the derivatives at the starting point instead of training.")
    var check = false

    mutating func validate() throws {
        if resume == nil, spec == nil {
            throw ValidationError("the spec is missing; give a spec, or a run with --resume")
        }
        if let resume, let spec {
            throw ValidationError("the spec \(spec) and --resume \(resume) exclude each other; remove one")
        }
        if resume != nil, out != nil {
            throw ValidationError(
                "--out and --resume exclude each other, because a run keeps its directory; remove --out")
        }
        if resume == nil, forcePlugin {
            throw ValidationError(
                "--force-plugin needs --resume, because a new run always uses the installed plugins; remove it")
        }
        if resume != nil, check {
            throw ValidationError("--check and --resume exclude each other; give a spec to --check")
        }
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
                    "--set \(assignment) would change the objective or the policy of a run; "
                        + "set keys of stop, probes, checkpoint or compute only")
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
                "\(replaced.joined(separator: ", ")) has changed since the run began; the run uses its own copy; "
                    + "to use the new file, add --force-plugin")
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
            Console.note("stopping after the current evaluation\(call); a second Ctrl-C ends at once")
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
            Console.note("the state is saved; continue with: eos train --resume \(session.directory.path)")
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
            Console.note(
                "differences do not converge along some directions, because of kinks or rounding; try dtype = \"f64\"")
        }
        if check.verdict == .contradicts {
            throw Failure(
                "\(path): the derivatives contradict the values; correct the objective's gradient or curvature",
                ExitStatus.failure)
        }
    }
}
