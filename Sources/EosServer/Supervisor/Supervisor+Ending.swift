import CEos
import EosCore
import EosRuns
import Foundation

/// When a worker is gone. Everything on `changes`.
extension Supervisor {
    /// Finds out what became of a run whose worker has ended, and goes on from there.
    func settle(_ id: String, _ ending: WorkerLoss.Ending) {
        guard let entry = state.withLock({ $0.entries[id] }) else { return }
        let forced = entry.work?.forced
        let wasKilled = entry.work.map { $0.deadline < unixTime() } ?? false
        let needs = needs(of: entry.directory)
        update(id) {
            $0.activity = .none
            $0.needs = needs
        }
        if ending == .exited(Int(RunWorker.Status.taken)) {
            // Another process had the run before: it is that one's.
            return follow(id, child: nil, threads: entry.work?.threads ?? 1)
        }
        do throws(EosError) {
            let lock = try RunLock(entry.directory, waiting: 2)
            let database = try openOrReplace(entry.directory)
            var last = try database.lastState()
            if last.map({ isUnsettled($0, since: entry.work?.started ?? .infinity) }) ?? true {
                let iteration = last?.iteration ?? 0
                if let forced, wasKilled {
                    try database.record(StateRecord(state: forced.state, reason: forced.reason, iteration: iteration))
                } else {
                    let loss = WorkerLoss(
                        ending, CrashRecord(of: entry.directory), needs?.limits ?? RunSpec.Limits.none)
                    try database.record(
                        StateRecord(
                            state: loss.state, reason: loss.reason, iteration: iteration, signal: loss.signal,
                            exitCode: loss.exitCode))
                }
                last = try database.lastState()
            }
            let report = try RunReport.recorded(entry.directory, database)
            try database.close()
            withExtendedLifetime(lock) {}
            update(id) { $0.report = report }
            announce(id)
            switch last?.state {
            case .lost: restart(id)
            case .queued: enqueue(id)
            default: rest(id)
            }
        } catch {
            logger.error("\(id): \(error)")
            update(id) {
                $0.report.pid = nil
                $0.report.isStalled = false
                $0.report.summary.state = .lost
                $0.report.summary.reason = "\(error); `eos retry` goes on from the last checkpoint"
            }
        }
    }

    /// Whether the worker ended without having said how: in the middle of it, or before its first word.
    private func isUnsettled(_ last: StateRecord, since started: Double) -> Bool {
        switch last.state {
        case .starting, .running, .pausing, .stopping: true
        case .queued, .lost: last.time < started
        default: false
        }
    }

    /// Nothing more happens to it for now: its database need not stay open.
    private func rest(_ id: String) {
        guard let feed = state.withLock({ $0.entries[id]?.feed }) else { return }
        reader(of: id).async { feed.rest() }
    }

    /// Starts a lost run again after a while, as often as its budget allows.
    func restart(_ id: String) {
        guard let entry = state.withLock({ $0.entries[id] }), let needs = entry.needs else { return }
        do throws(EosError) {
            let (losses, last) = try lossesInARow(entry.directory)
            guard losses <= needs.restart.limit else {
                let times = losses == 1 ? "" : ", \(losses) times in a row without a new checkpoint"
                try record(
                    StateRecord(
                        state: .failed, reason: (last?.reason ?? "its worker was lost") + times,
                        iteration: last?.iteration ?? 0, signal: last?.signal, exitCode: last?.exitCode), id)
                rest(id)
                return
            }
            let delay = needs.restart.delay(after: losses)
            logger.warning(
                "\(id): \(last?.reason ?? "lost"); restart \(losses) of at most \(needs.restart.limit) in \(delay) s")
            let number = Int.random(in: 0 ... .max)
            update(id) { $0.activity = .restarting(number) }
            changes.asyncAfter(deadline: .now() + delay) { [weak self] in self?.startAgain(id, number) }
        } catch {
            logger.error("\(id): \(error)")
        }
    }

    private func startAgain(_ id: String, _ number: Int) {
        let isDue = state.withLock { state in
            guard case .restarting(number)? = state.entries[id]?.activity else { return false }
            state.totals.restarted += 1
            // It had its turn already.
            state.queue.insert(id, at: 0)
            state.entries[id]!.activity = .queued
            state.entries[id]!.report.restarts += 1
            return true
        }
        if isDue { schedule() }
    }

    /// Workers lost since the last checkpoint, or since somebody queued the run.
    private func lossesInARow(_ directory: RunDirectory) throws(EosError) -> (Int, StateRecord?) {
        let database = try RunDatabase.open(directory, readOnly: true)
        let states = try database.states()
        let checkpoint = try database.lastCheckpointTime() ?? 0
        let queued = states.last { $0.state == .queued }?.time ?? 0
        let lost = states.filter { $0.state == .lost && $0.time > max(checkpoint, queued) }
        return (max(lost.count, 1), states.last { $0.state == .lost })
    }
}
