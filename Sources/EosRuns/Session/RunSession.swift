import CEos
import EosCore
import EosPluginHost
import Foundation

/// A trainer made durable: drives it, records every iterate, keeps checkpoints and says how it ended.
///
/// One thread; `control` may be used from any.
public final class RunSession {
    public internal(set) var spec: RunSpec
    public let directory: RunDirectory
    /// Called after every iteration.
    public var onProgress: ((eos_progress) -> Void)?
    /// Called for what the user should hear of at once; it is in the log too.
    public var onWarning: ((String) -> Void)?

    let objective: Objective
    let trainer: Trainer
    let database: RunDatabase
    let log: RunLog
    let store: CheckpointStore
    let recorder: Recorder
    private let lock: RunLock
    private var host: EosPluginHost.Host?
    /// The last iterate that was recorded; -1: none.
    var recordedIteration: Int
    /// Records that can't be written: found inside the trainer's observer, which can't throw.
    private var recordingFailure: EosError?
    private var metricsFailed = false
    var checkpointFailures = 0
    /// The objective's metrics and the eigenvalues that were measured last, and where.
    var metrics: (values: [Double], iteration: Int) = ([], -1)
    var endPairs: [LeadingEigenvalues.Pair] = []

    /// What others see of it.
    public let board: StatusBoard
    let files: FileOperations
    let requests = RunRequests()
    private(set) var retuning: Retuning?

    public var control: RunControl { RunControl(trainer, host, requests) }

    /// From here on the run's log takes what its plugins log, and a stop asks their long evaluations to end early.
    ///
    /// - Parameter retuning: for keys that are set while it goes on; nil: none can be.
    public func connect(_ host: EosPluginHost.Host, _ pluginLog: PluginLog, retuning: Retuning? = nil) {
        self.host = host
        self.retuning = retuning
        pluginLog.connect(to: log)
    }

    init(
        spec: RunSpec, objective: Objective, trainer: Trainer, directory: RunDirectory, lock: RunLock,
        database: RunDatabase, log: RunLog, recordedIteration: Int, files: FileOperations, board: StatusBoard
    ) {
        self.spec = spec
        self.objective = objective
        self.trainer = trainer
        self.directory = directory
        self.lock = lock
        self.database = database
        self.log = log
        store = CheckpointStore(directory.checkpoints, keep: spec.checkpoint.keep, files: files)
        recorder = Recorder(database, log: log)
        self.recordedIteration = recordedIteration
        self.files = files
        self.board = board
        board.follow(database)
    }

    /// Trains until the trainer stops.
    ///
    /// - Returns: how it ended; `state` is `failed` where objective or policy failed, with the reason.
    /// - Throws: where records or checkpoints could not be written; what was saved before is still there.
    public func run() throws(EosError) -> RunSummary {
        try record(.running, "training")
        defer { requests.end() }
        trainer.observer = { [unowned self] progress in observe(progress) }
        defer { trainer.observer = nil }
        var failure: EosError?
        do throws(EosError) { try drive() } catch { failure = error }
        // What is measured at the end is wanted.
        host?.resume()
        if let recordingFailure { throw pause(after: recordingFailure) }
        // A failure of the trainer is how the run ended; any other one is of its storage.
        if let failure, trainer.stop == EOS_STOP_NONE { throw pause(after: failure) }
        return try finish()
    }

    /// Records that a plugin is ending the process in the middle of its call, which `what` tells. On the thread of `run`.
    public func recordEnd(_ what: String, exitCode: Int) {
        log.write(Int(EOS_LOG_ERROR), "failed: \(what)")
        try? recorder.flush()
        try? record(.failed, what, exitCode: exitCode)
    }

    /// A change of state, for the records and for those who watch.
    func record(_ state: RunState, _ reason: String, exitCode: Int? = nil) throws(EosError) {
        try board.change(to: state, reason: reason) { () throws(EosError) in
            try database.record(
                StateRecord(
                    state: state, reason: reason, iteration: max(recordedIteration, 0), exitCode: exitCode))
        }
    }

    private func drive() throws(EosError) {
        var lastCheckpoint = trainer.progress.seconds
        while try trainer.step(objective) {
            if requests.hasSettings { applySettings() }
            let seconds = trainer.progress.seconds
            let interval = spec.checkpoint.everySeconds
            if interval > 0, seconds - lastCheckpoint >= interval {
                try checkpointOnTheWay()
                lastCheckpoint = seconds
            }
        }
    }

    /// Records an iterate and what is due to be measured there; true stops the trainer.
    private func observe(_ progress: eos_progress) -> Bool {
        let iteration = Int(progress.iteration)
        guard recordingFailure == nil, iteration > recordedIteration else { return recordingFailure != nil }
        var probes = sharpnessProbes(progress)
        if spec.probes.metricsEvery > 0, iteration % spec.probes.metricsEvery == 0 {
            probes += measureMetrics(iteration)
        }
        do throws(EosError) {
            try recorder.record(IterateRecord(progress), probes)
            recordedIteration = iteration
        } catch {
            recordingFailure = error
        }
        board.show(progress)
        onProgress?(progress)
        return recordingFailure != nil
    }

    private func sharpnessProbes(_ progress: eos_progress) -> [ProbeRecord] {
        guard progress.sharpness_iteration == progress.iteration else { return [] }
        return trainer.sharpnessPairs.enumerated().map { index, pair in
            ProbeRecord(
                iteration: Int(progress.iteration), name: ProbeRecord.sharpness(index), value: pair.value,
                residual: pair.residual, converged: pair.converged)
        }
    }

    /// Metrics are a probe: where they fail the training goes on without them.
    func measureMetrics(_ iteration: Int) -> [ProbeRecord] {
        guard !objective.metrics.isEmpty, !metricsFailed else { return [] }
        do throws(EosError) {
            metrics = (try objective.measure(trainer.current.x), iteration)
        } catch {
            metricsFailed = true
            warn("the metrics can't be measured and are left out from here on: \(error)")
            return []
        }
        return zip(objective.metrics, metrics.values).map { metric, value in
            ProbeRecord(iteration: iteration, name: metric.name, value: value)
        }
    }

    func warn(_ message: String) {
        log.write(Int(EOS_LOG_WARNING), message)
        onWarning?(message)
    }
}

extension IterateRecord {
    init(_ progress: eos_progress) {
        self.init(
            iteration: Int(progress.iteration), loss: progress.value, gradientNorm: progress.gradient_norm,
            step: progress.step, trials: Int(progress.trials), reason: Int(progress.reason),
            valueEvaluations: Int(progress.value_evaluations), gradientEvaluations: Int(progress.gradient_evaluations),
            curvatureProducts: Int(progress.curvature_products), seconds: progress.seconds)
    }
}
