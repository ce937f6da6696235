import CEos
import EosCore
import EosRunModel
import Foundation

/// Beginning a run, and going on with one.
extension RunSession {
    /// Begins the run that `spec` describes.
    ///
    /// - Parameters:
    ///   - place: makes the run's directory; asked once everything that can be checked without it has been.
    ///   - facts: what else is to be known of the run, such as the versions of its plugins.
    ///   - plugins: become the run's own.
    /// - Throws: what the trainer or the directory throws; a directory that was made is gone again.
    public static func begin(
        _ spec: RunSpec, objective: any Objective, policy: any Policy, facts: [(name: String, value: String)] = [],
        plugins: StagedPlugins? = nil, files: FileOperations = .system, in place: () throws(EosError) -> RunDirectory
    ) throws(EosError) -> RunSession {
        let trainer = try Trainer(
            objective: objective, policy: policy, settings: try TrainerSettings(spec.trainerSettings))
        let directory = try place()
        do throws(EosError) {
            let lock = try RunLock(directory)
            let log = try RunLog(directory)
            try plugins?.move(into: directory)
            try files.replace(directory.spec, with: spec.text)
            // Or the directory itself would be gone after a loss of power.
            try files.synchronise(directory: directoryName(directory.path))
            let database = try RunDatabase.create(directory)
            try database.record(facts: facts + Self.facts(spec, objective, directory))
            try database.record(telemetryEvery: spec.telemetry.every)
            let board = StatusBoard(pid: Int(getpid()), StateChange(.starting, "started"))
            try board.take(.begun("started")) { (change) throws(EosError) in
                try database.record(StateRecord(change, iteration: 0))
            }
            log.write(Int(EOS_LOG_INFO), "started: \(spec.plugin) with \(spec.policyName), seed \(spec.seed)")
            return RunSession(
                spec: spec, objective: objective, trainer: trainer, directory: directory, lock: lock,
                database: database, log: log, recordedIteration: -1, files: files, board: board)
        } catch {
            directory.discard()
            throw error
        }
    }

    /// What is to be known of any run.
    private static func facts(
        _ spec: RunSpec, _ objective: any Objective, _ directory: RunDirectory
    ) -> [(name: String, value: String)] {
        [
            ("id", directory.id), ("name", spec.name), ("eos", EOS_VERSION_STRING),
            ("metrics", objective.metrics.map(\.name).joined(separator: ",")),
            ("dimension", "\(objective.space.count)"), ("dtype", objective.space.type.name),
        ]
    }

    /// Goes on with the run in `directory` from its last whole checkpoint, to the same bits as if it had never stopped;
    /// from the start where there is none.
    ///
    /// - Parameters:
    ///   - spec: that of the run; where its limits differ from those recorded it is written back.
    ///   - facts: what else is to be known of it from here on. What they say of plugins is held against what was
    ///     recorded.
    ///   - plugins: become the run's own.
    ///   - isForced: whether it goes on, too, where its plugins are others than those that were recorded, or its objective
    ///     is another one at the last checkpoint.
    ///   - held: the run's lock, where the caller has it already.
    ///   - isStarting: whether that state has been recorded already.
    ///   - anew: whether the limits of `spec` are held against where it stands even where they are as they were.
    ///   - board: shows the session; nil: one of its own.
    ///   - warn: hears of checkpoints that were passed over and of records that are damaged.
    /// - Throws: `EOS_E_STATE` where another process works on the run, where it converged and the limits are the same, or
    ///   where its plugins are others; nothing has changed then.
    public static func resume(
        _ spec: RunSpec, objective: any Objective, policy: any Policy, facts: [(name: String, value: String)] = [],
        directory: RunDirectory, plugins: StagedPlugins? = nil, isForced: Bool = false, files: FileOperations = .system,
        lock held: RunLock? = nil, board: StatusBoard? = nil, isStarting: Bool = false, anew: Bool = false,
        warn: (String) -> Void = { _ in }
    ) throws(EosError) -> RunSession {
        let lock = if let held { held } else { try RunLock(directory) }
        let log = try RunLog(directory)
        func tell(_ message: String) {
            log.write(Int(EOS_LOG_WARNING), message)
            warn(message)
        }
        let (database, _) = try RunDatabase.openOrReplace(directory, tell: tell)
        let changes = PluginChange.all(from: try database.facts(), to: facts)
        if !isForced, let refusal = PluginChange.refusal(changes, of: directory) { throw refusal }
        let settings = try TrainerSettings(spec.trainerSettings)
        var trainer = try Trainer(objective: objective, policy: policy, settings: settings)
        let store = CheckpointStore(directory.checkpoints, keep: spec.checkpoint.keep, files: files)
        let text = try FileText.read(directory.spec, called: "spec")
        let changed = text != spec.text
        store.tidy()
        _ = files.unlink(directory.spec + FileOperations.partial)
        let from = try load(into: trainer, objective, store, isForced, tell)
        // What was measured with another objective is measured anew.
        var measured = from
        if isForced, from >= 0, let (saved, here) = try trainer.adapt(to: objective) {
            measured = from - 1
            tell(
                "the value at iteration \(from) was \(saved) and is \(here) with the installed plugins; training "
                    + "continues from the saved parameters with a new policy state")
        }
        if from < 0 {
            // A state that was loaded and passed over must leave nothing behind.
            trainer = try Trainer(objective: objective, policy: policy, settings: settings)
        } else if trainer.stop != .none {
            let remedy = Self.remedy(after: trainer, spec)
            do { try trainer.resume(changed || anew ? settings : nil) } catch {
                throw EosError(Int(error.status), "\(directory.path): \(error); \(remedy)")
            }
        }
        try plugins?.move(into: directory)
        if changed { try files.replace(directory.spec, with: spec.text) }
        let recorded = try database.rewind(to: measured)
        let isComplete = try database.sparsestTelemetry() == 1
        if isComplete, recorded.count != recorded.last + 1 || recorded.last < from - 1 {
            tell("\(directory.database): \(from + 1 - recorded.count) of the iterations up to \(from) have no records")
        } else if recorded.last < from - 1, trainer.hasArrived {
            // An iterate that was being measured is recorded once that is done, from here on.
            tell("\(directory.database): the iterations \(recorded.last + 1) to \(from) have no records")
        }
        try database.record(facts: facts + Self.facts(spec, objective, directory))
        if !changes.isEmpty {
            try database.record(.plugins, PluginChange.json(changes, iteration: max(from, 0)))
            tell("other plugins are used from here on: \(PluginChange.text(changes))")
        }
        try database.record(telemetryEvery: spec.telemetry.every)
        // Of iterates that are not recorded, too.
        if measured >= 0, measured == from {
            try database.record(facts: [(RunDatabase.bestLossFact, "\(trainer.best.value)")])
        }
        let start = from < 0 ? "starts" : "continues from iteration \(from)"
        let board = board ?? StatusBoard(pid: Int(getpid()), StateChange(.starting, "goes on"))
        if !isStarting {
            try board.take(.begun(start)) { (change) throws(EosError) in
                try database.record(StateRecord(change, iteration: max(from, 0)))
            }
        }
        log.write(Int(EOS_LOG_INFO), start)
        return RunSession(
            spec: spec, objective: objective, trainer: trainer, directory: directory, lock: lock, database: database,
            log: log, recordedIteration: recorded.last, files: files, board: board)
    }

    /// What takes a run further that has converged.
    private static func remedy(after trainer: Trainer, _ spec: RunSpec) -> String {
        func isSet(_ key: String) -> Bool { ((try? spec.stop.number(key)) ?? 0) > 0 }
        let keys: [String]
        switch trainer.stop {
        case .gradient where trainer.progress.gradient_norm == 0:
            return "the gradient is zero, so no step can change the parameters"
        case .gradient:
            keys = ["stop.gradient_norm=0"] + (isSet("relative_gradient") ? ["stop.relative_gradient=0"] : [])
        case .step: keys = ["stop.step=0"]
        case .noProgress:
            keys =
                ["relative_loss", "relative_step"].filter(isSet).map { "stop.\($0)=0" } + ["stop.stalled=false"]
        case .none, .loss, .iterations, .evaluations, .seconds, .requested, .nonfinite, .failed, .noStep:
            keys = [trainer.current.value > 0 ? "stop.loss=0" : "stop.loss=-inf"]
        }
        return "for example " + keys.map { "--set \($0)" }.joined(separator: " ")
    }

    /// Loads the last checkpoint that is whole and from which training can go on.
    ///
    /// - Returns: its iteration; -1 where the run starts again.
    private static func load(
        into trainer: Trainer, _ objective: any Objective, _ store: CheckpointStore, _ isForced: Bool,
        _ tell: (String) -> Void
    ) throws(EosError) -> Int {
        let iterations = try store.iterations()
        for (index, iteration) in iterations.enumerated() {
            let next =
                index < iterations.count - 1
                ? "trying the checkpoint before it"
                : "no other checkpoint is left, so the run starts from its beginning"
            let state: SavedState
            do throws(EosError) { state = try store.load(iteration) } catch {
                // A name that leads nowhere holds no checkpoint, either.
                guard error.status == EOS_E_FORMAT || error.status == EOS_E_NOT_FOUND else { throw error }
                tell("\(error); \(next)")
                store.setAside(iteration)
                continue
            }
            do { try adopt(state, into: trainer, objective, isForced, tell) } catch {
                throw error.within(store.path(iteration))
            }
            if !trainer.hasFailed { return iteration }
            tell("\(store.path(iteration)): the training had failed at this checkpoint; \(next)")
        }
        return -1
    }

    /// Refuses the state of another policy or objective unless it is gone on with knowingly. Live keys of the policy may
    /// have been set since.
    private static func adopt(
        _ state: SavedState, into trainer: Trainer, _ objective: any Objective, _ isForced: Bool,
        _ tell: (String) -> Void
    ) throws(EosError) {
        do throws(EosError) { try trainer.load(state, objective, check: .live) } catch {
            guard error.status == eos_status(EOS_E_FORMAT) else { throw error }
            guard isForced else {
                throw EosError(
                    Int(error.status), "\(error); to continue anyway: eos train --resume RUN --force-plugin")
            }
            // What does not fit at all is refused again.
            try trainer.load(state, objective, check: LoadCheck.none)
            tell("continuing because of --force-plugin, although \(error)")
        }
    }
}
