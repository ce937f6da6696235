import CEos
import EosCore
import EosRunModel
import Foundation

extension RunReport {
    /// What the directory of a run tells, and, where a process works on it, what that one says.
    ///
    /// - Throws: `EOS_E_FORMAT` where the database is damaged; `EOS_E_IO`.
    public static func read(_ directory: RunDirectory) throws(EosError) -> RunReport {
        // Asked first: a process that ends while the records are read has not lost its run.
        let isHeld = RunLock.isHeld(directory)
        var report = try recorded(directory, try RunDatabase.open(directory, readOnly: true))
        if isHeld {
            report.pid = RunLock.holder(directory)
            let reply = try? ControlClient(directory, patience: 5).ask(.status)
            if case .status(let status)? = reply { report.take(status) }
        } else if report.state.phase == .working {
            report.summary.state = .lost
            report.summary.reason = "no process works on this run any more; it goes on from its last checkpoint"
        }
        return report
    }

    /// What is recorded, whether or not a process works on it.
    public static func recorded(
        _ directory: RunDirectory, _ database: RunDatabase
    ) throws(EosError) -> RunReport {
        let states = try database.states()
        let facts = try database.facts()
        let ends = try database.ends()
        let probes = try database.lastProbes()
        let last = states.last ?? StateRecord(StateChange(.queued, "submitted"), iteration: 0, time: 0)
        let sharpness = probes.first { $0.name == ProbeRecord.sharpness(0) }
        let metrics = (facts["metrics"] ?? "").split(separator: ",").compactMap { name in
            probes.first { $0.name == name }.map { (name: String(name), value: $0.value) }
        }
        let store = CheckpointStore(directory.checkpoints, keep: 1)
        let summary = RunSummary(
            run: directory.id, name: facts["name"] ?? directory.id, directory: directory.path, state: last.state,
            reason: last.reason, iterations: max(ends?.last.iteration ?? 0, 0),
            valueEvaluations: ends?.last.valueEvaluations ?? 0,
            gradientEvaluations: ends?.last.gradientEvaluations ?? 0,
            curvatureProducts: ends?.last.curvatureProducts ?? 0, initialLoss: ends?.first.loss ?? .nan,
            lastLoss: ends?.last.loss ?? .nan, bestLoss: try database.bestLoss() ?? .nan,
            gradientNorm: ends?.last.gradientNorm ?? .nan, step: ends?.last.step ?? .nan,
            sharpness: sharpness?.value ?? .nan, sharpnessResidual: sharpness?.residual ?? .nan,
            sharpnessConverged: sharpness?.converged ?? false, metrics: metrics,
            parameters: (try? store.iterations())?.first.map(store.path), seconds: ends?.last.seconds ?? 0)
        return RunReport(
            summary: summary, signal: last.signal, exitCode: last.exitCode,
            restarts: states[..<(states.lastIndex { $0.state == .starting } ?? 0)].count { $0.state == .lost },
            objective: facts["objective"] ?? "",
            policy: facts["policy"] ?? "", created: states.first?.time ?? 0,
            started: states.last { $0.state == .starting }?.time, ended: last.state.isEnd ? last.time : nil,
            events: try database.lastEventSequence())
    }

    /// Takes over what the run's worker says.
    public mutating func take(_ status: WorkerStatus) {
        pid = status.pid
        isStalled = status.stalled
        summary.state = status.state
        summary.reason = status.reason
        events = max(events, status.events)
        // Before its first iterate a worker knows nothing that was not recorded.
        guard let loss = status.loss else { return }
        summary.iterations = status.iteration
        summary.valueEvaluations = status.values
        summary.gradientEvaluations = status.gradients
        summary.curvatureProducts = status.products
        if summary.initialLoss.isNaN, status.iteration == 0 { summary.initialLoss = loss }
        summary.lastLoss = loss
        summary.bestLoss = status.best ?? .nan
        summary.gradientNorm = status.gradientNorm ?? .nan
        summary.step = status.step ?? .nan
        if let sharpness = status.sharpness {
            summary.sharpness = sharpness
            summary.sharpnessResidual = status.sharpnessResidual ?? .nan
            summary.sharpnessConverged = status.sharpnessConverged
        }
        summary.seconds = status.seconds
    }
}
