import CEos
import EosCore
import EosPluginHost
import Foundation

/// A trainer made durable: drives it, records every iterate, keeps checkpoints and says how it ended.
///
/// One thread; `stopHandle` may be used from any.
public final class RunSession {
    public let spec: RunSpec
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

    /// Asks a session to stop after the evaluation under way.
    public final class StopHandle: @unchecked Sendable {
        // Unchecked because a trainer belongs to one thread; the one function used here may be called from any.
        private let trainer: Trainer
        private let host: EosPluginHost.Host?

        init(_ trainer: Trainer, _ host: EosPluginHost.Host?) {
            self.trainer = trainer
            self.host = host
        }

        public func stop() {
            trainer.requestStop()
            host?.cancel()
        }
    }

    public var stopHandle: StopHandle { StopHandle(trainer, host) }

    /// From here on the run's log takes what its plugins log, and a stop asks their long evaluations to end early.
    public func connect(_ host: EosPluginHost.Host, _ pluginLog: PluginLog) {
        self.host = host
        pluginLog.connect(to: log)
    }

    init(
        spec: RunSpec, objective: Objective, trainer: Trainer, directory: RunDirectory, lock: RunLock,
        database: RunDatabase, log: RunLog, recordedIteration: Int, files: FileOperations
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
    }

    /// Trains until the trainer stops.
    ///
    /// - Returns: how it ended; `state` is `failed` where objective or policy failed, with the reason.
    /// - Throws: where records or checkpoints could not be written; what was saved before is still there.
    public func run() throws(EosError) -> RunSummary {
        try database.record(.running, reason: "training", iteration: Int(trainer.progress.iteration))
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
    public func recordEnd(_ what: String) {
        log.write(Int(EOS_LOG_ERROR), "failed: \(what)")
        try? recorder.flush()
        try? database.record(.failed, reason: what, iteration: recordedIteration)
    }

    private func drive() throws(EosError) {
        let interval = spec.checkpoint.everySeconds > 0 ? spec.checkpoint.everySeconds : .infinity
        var nextCheckpoint = trainer.progress.seconds + interval
        while try trainer.step(objective) {
            let seconds = trainer.progress.seconds
            if seconds >= nextCheckpoint {
                try checkpointOnTheWay()
                nextCheckpoint = seconds + interval
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
