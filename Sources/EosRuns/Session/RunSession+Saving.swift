import CEos
import EosCore
import EosRunModel
import Foundation

/// Checkpoints on the way, and how a run ends.
extension RunSession {
    /// Checkpoints that may fail in a row before the run pauses.
    private static let mostCheckpointFailures = 3

    func checkpointOnTheWay() throws(EosError) {
        do throws(EosError) {
            try checkpoint()
            checkpointFailures = 0
        } catch {
            checkpointFailures += 1
            guard checkpointFailures < Self.mostCheckpointFailures else { throw error }
            warn("\(error) (attempt \(checkpointFailures) to write a checkpoint failed; training continues)")
        }
    }

    /// Records first: a checkpoint never knows of iterates that the records lack.
    private func checkpoint() throws(EosError) {
        let iteration = Int(trainer.progress.iteration)
        try recordCurrent()
        try recorder.flush()
        let document = try trainer.save(objective)
        document.metadata["eos.run"] = directory.id
        var bytes = 0
        try store.write(iteration) { (sink) throws(EosError) in
            try document.write { (part) throws(EosError) in
                bytes += part.count
                try sink(part)
            }
        }
        try database.record(checkpoint: iteration, bytes: bytes)
    }

    /// In the facts of a run: why the trainer stopped last, as one of `EOS_STOP_*`.
    public static let stopFact = "stop"

    /// The trainer has stopped: measures what belongs to the end and saves everything.
    func finish() throws(EosError) -> RunSummary {
        let ending = ending
        do throws(EosError) { try recordCurrent() } catch { throw pause(after: error) }
        if ending.state != .failed { measureAtTheEnd(hasEnded: ending.state.isEnd) }
        do throws(EosError) {
            try checkpoint()
            try database.record(facts: [(Self.stopFact, "\(trainer.stop.rawValue)")])
            try take(.settled(ending))
        } catch {
            throw pause(after: error)
        }
        log.write(
            Int(ending.state == .failed ? EOS_LOG_ERROR : EOS_LOG_INFO), "\(ending.state.rawValue): \(ending.reason)")
        return try summary(ending)
    }

    /// Storage failed: notes that the run pauses, as far as that still works.
    func pause(after error: EosError) -> EosError {
        log.write(Int(EOS_LOG_ERROR), "paused: \(error)")
        try? take(.settled(StateChange(.paused, error.message)))
        return error
    }

    private var ending: StateChange {
        switch trainer.stop {
        case .loss, .gradient, .step, .noProgress:
            return StateChange(.converged, trainer.stopSentence)
        case .iterations, .evaluations, .seconds:
            return StateChange(.budgetExhausted, trainer.stopSentence)
        case .requested:
            return requests.cause ?? .pause
        case .failed where trainer.failure?.status == eos_status(EOS_E_MEMORY):
            return StateChange(.outOfMemory, trainer.failure!.message)
        case .none, .nonfinite, .failed, .noStep:
            return StateChange(.failed, trainer.failure?.message ?? "the objective or the policy failed")
        }
    }

    /// A last look at the metrics and, where the run has truly ended, at the sharpness, unless they were measured here.
    private func measureAtTheEnd(hasEnded: Bool) {
        let iteration = Int(trainer.progress.iteration)
        guard iteration == recordedIteration else { return }
        if metrics.iteration != iteration { recorder.record(measureMetrics(iteration)) }
        guard hasEnded, spec.probes.sharpnessEvery > 0, trainer.progress.sharpness_iteration != iteration else {
            return
        }
        let options = LeadingEigenvalues.Options(
            count: min(spec.probes.sharpnessCount, objective.space.count),
            tolerance: spec.probes.sharpnessTolerance, seed: spec.seed)
        do throws(EosError) {
            endPairs = try ObjectiveCurvature(objective, at: trainer.current.x).leading(options).pairs
        } catch {
            warn("the sharpness at the end can't be measured: \(error)")
        }
        recorder.record(
            endPairs.enumerated().map { index, pair in
                ProbeRecord(
                    iteration: iteration, name: ProbeRecord.sharpness(index), value: pair.value,
                    residual: pair.residual, converged: pair.converged)
            })
    }

    private func summary(_ end: StateChange) throws(EosError) -> RunSummary {
        var numbers = RunNumbers(trainer.progress)
        let sharpness = endPairs.first ?? trainer.sharpnessPairs.first
        numbers.take(sharpness?.value, residual: sharpness?.residual, converged: sharpness?.converged)
        // Records that were lost with a damaged database may begin later.
        let first = try database.ends()?.first
        numbers[.initialLoss] = first?.iteration == 0 ? first?[.loss] : nil
        let values = try metrics.values.isEmpty ? lastMetrics() : metrics.values.map(\.known)
        return RunSummary(
            run: directory.id, name: spec.name, directory: directory.path, end, numbers,
            metrics: zip(objective.metrics, values).map { ($0.name, $1) },
            parameters: try store.iterations().first.map(store.path))
    }

    /// The metrics as they were last recorded, for a run that went on but measured none.
    private func lastMetrics() throws(EosError) -> [Double?] {
        let recorded = try database.lastProbes()
        return objective.metrics.map { metric in recorded.first { $0.name == metric.name }?.value }
    }
}
