import CEos
import EosCore
import EosPluginHost
import EosRunModel
import Foundation

/// A trainer made durable: drives it, records its iterates, keeps checkpoints and says how it ended.
///
/// One thread; `control` may be used from any.
public final class RunSession {
    public internal(set) var spec: RunSpec
    public let directory: RunDirectory
    /// Called after every iteration that is recorded, and so often that a run that records few is seen live.
    public var onProgress: ((eos_progress) -> Void)?
    /// Called for what the user should hear of at once; it is in the log too.
    public var onWarning: ((String) -> Void)?

    let objective: any Objective
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
    /// The iterate that this session went on from; -1: none.
    private var startIteration = -1
    private var cadence: Cadence
    /// Seconds between two looks at a run that does not record all of its iterates.
    private static let patience = 0.025
    private var ticker: Ticker?
    /// Training time of the last checkpoint.
    private var lastCheckpoint = 0.0
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
        spec: RunSpec, objective: any Objective, trainer: Trainer, directory: RunDirectory, lock: RunLock,
        database: RunDatabase, log: RunLog, recordedIteration: Int, files: FileOperations, board: StatusBoard
    ) {
        self.spec = spec
        cadence = Cadence(spec)
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
        try take(.trains)
        defer { requests.end() }
        startIteration = recordedIteration
        trainer.observer = { [unowned self] progress in observe(progress) }
        trainer.onWarning = { [unowned self] message in warn(message) }
        observeAsDue()
        defer {
            trainer.observer = nil
            trainer.onWarning = nil
            ticker = nil
        }
        var failure: EosError?
        host?.beginTraining()
        do throws(EosError) { try drive() } catch { failure = error }
        // What is measured at the end is wanted.
        host?.endTraining()
        if let recordingFailure { throw pause(after: recordingFailure) }
        // A failure of the trainer is how the run ended; any other one is of its storage.
        if let failure, trainer.stop == .none { throw pause(after: failure) }
        return try finish()
    }

    /// Records that a plugin is ending the process in the middle of its call, which `what` tells. On the thread of `run`.
    public func recordEnd(_ what: String, exitCode: Int) {
        log.write(Int(EOS_LOG_ERROR), "failed: \(what)")
        try? recorder.flush()
        try? take(.settled(StateChange(.failed, what, exitCode: exitCode)))
    }

    /// A change of state, for the records and for those who watch.
    func take(_ event: RunLife.Event) throws(EosError) {
        try board.take(event) { (change) throws(EosError) in
            try database.record(StateRecord(change, iteration: max(recordedIteration, 0)))
        }
    }

    private func drive() throws(EosError) {
        lastCheckpoint = trainer.progress.seconds
        while try trainer.advance(objective) {
            if requests.hasSettings { applySettings() }
            let seconds = trainer.progress.seconds
            if isCheckpointDue(seconds) {
                try checkpointOnTheWay()
                lastCheckpoint = seconds
            }
        }
    }

    private func isCheckpointDue(_ seconds: Double) -> Bool {
        let interval = spec.checkpoint.everySeconds
        return interval > 0 && seconds - lastCheckpoint >= interval
    }

    /// The spec says anew which iterates are recorded.
    func adoptTelemetry() throws(EosError) {
        cadence = Cadence(spec)
        try database.record(telemetryEvery: spec.telemetry.every)
        observeAsDue()
    }

    /// From the next iterate on.
    private func observeAsDue() {
        trainer.firstObserved = 0
        // Without it nobody would see, between two recorded iterates, that training goes on.
        ticker = cadence.isComplete ? nil : Ticker(every: Self.patience) { [control] in control.look() }
    }

    /// Records an iterate where that is due, with what is to be measured there; true stops the trainer.
    private func observe(_ progress: eos_progress) -> Bool {
        let iteration = Int(progress.iteration)
        guard recordingFailure == nil, iteration > recordedIteration else { return recordingFailure != nil }
        if cadence.isDue(iteration) || iteration == startIteration + 1 || trainer.stop != .none {
            do throws(EosError) { try record(progress) } catch { recordingFailure = error }
        }
        board.show(progress)
        onProgress?(progress)
        trainer.firstObserved = cadence.next(after: iteration)
        if iteration > 0, requests.hasSettings || isCheckpointDue(progress.seconds) { trainer.suspend() }
        return recordingFailure != nil
    }

    private func record(_ progress: eos_progress) throws(EosError) {
        let iteration = Int(progress.iteration)
        var probes = sharpnessProbes(progress)
        if spec.probes.metricsEvery > 0, iteration % spec.probes.metricsEvery == 0 {
            probes += measureMetrics(iteration)
        }
        try recorder.record(
            RunNumbers(progress), probes, best: cadence.isComplete ? nil : progress.best_value)
        recordedIteration = iteration
    }

    /// Records the iterate that the trainer is at, where that was not due. One that is being measured is recorded once that
    /// is done, by whoever goes on.
    func recordCurrent() throws(EosError) {
        var progress = trainer.progress
        guard recordingFailure == nil, trainer.hasArrived, Int(progress.iteration) > recordedIteration else { return }
        // A search that was broken off is not the one that found the iterate.
        progress.trials = Int64(trainer.lastSearch.trials)
        progress.reason = trainer.lastSearch.reason.rawValue
        try record(progress)
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
            warn("the metrics can't be measured and are no longer recorded: \(error)")
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
