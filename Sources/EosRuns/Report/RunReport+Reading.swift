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
            report.summary.reason = "no process is training this run any more; it continues from its last checkpoint"
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
        var numbers = ends?.last ?? RunNumbers()
        numbers[.initialLoss] = ends?.first[.loss]
        numbers[.bestLoss] = try database.bestLoss()
        numbers.take(sharpness?.value, residual: sharpness?.residual, converged: sharpness?.converged)
        let store = CheckpointStore(directory.checkpoints, keep: 1)
        var report = RunReport(
            RunSummary(
                run: directory.id, name: facts["name"] ?? directory.id, directory: directory.path, last.change, numbers,
                metrics: (facts["metrics"] ?? "").split(separator: ",").compactMap { name in
                    probes.first { $0.name == name }.map { (name: String(name), value: $0.value) }
                }, parameters: (try? store.iterations())?.first.map(store.path)))
        (report.signal, report.exitCode) = (last.signal, last.exitCode)
        let starting = states.lastIndex { $0.state == .starting }
        report.restarts = states[..<(starting ?? 0)].count { $0.state == .lost }
        (report.objective, report.policy) = (facts["objective"] ?? "", facts["policy"] ?? "")
        report.created = states.first?.time
        report.started = starting.map { states[$0].time }
        report.ended = last.state.isEnd ? last.time : nil
        report.events = try database.lastEventSequence()
        return report
    }

    /// Takes over what the run's worker says.
    public mutating func take(_ status: WorkerStatus) {
        pid = status.pid
        isStalled = status.isStalled
        summary.state = status.state
        summary.reason = status.reason
        events = max(events, status.events)
        // Before its first iterate a worker knows nothing that was not recorded.
        guard let loss = status.numbers[.loss] else { return }
        summary.numbers.takeNewer(status.numbers)
        if summary.numbers[.initialLoss] == nil, status.numbers.iteration == 0 { summary.numbers[.initialLoss] = loss }
    }
}
