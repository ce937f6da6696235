import CEos
import EosCore
import EosRuns
import Foundation

/// When a worker is gone. Everything on `changes`.
extension Supervisor {
    /// Finds out what became of a run whose worker has ended, and goes on from there.
    func settle(_ id: String, _ ending: WorkerLoss.Ending) {
        guard let entry = state.withLock({ $0.entries[id] }) else { return }
        let work = entry.work
        let needs = needs(of: entry.directory)
        update(id) {
            $0.activity = .none
            $0.needs = needs
        }
        if ending == .exited(Int(RunWorker.Status.taken)), RunLock.isHeld(entry.directory) {
            // Another process had the run before: it is that one's.
            return follow(id, child: nil, threads: work?.threads ?? 1)
        }
        do throws(EosError) {
            let (report, state) = try conclude(entry.directory, ending, needs, work)
            update(id) { $0.report = report }
            announce(id)
            switch state {
            case .lost: restart(id)
            case .queued: enqueue(id)
            default: rest(id)
            }
        } catch {
            if error.status == eos_status(EOS_E_STATE) {
                // Somebody went on with it at once, or only looks at it: its lock tells when that is over.
                return follow(id, child: nil, threads: work?.threads ?? 1)
            }
            giveUp(id, error)
        }
    }

    /// Records how a worker ended where it has not done so itself. A function of its own, so that the lock is free
    /// afterwards.
    private func conclude(
        _ directory: RunDirectory, _ ending: WorkerLoss.Ending, _ needs: RunNeeds?, _ work: RunEntry.Work?
    ) throws(EosError) -> (RunReport, RunState?) {
        let lock = try RunLock(directory, waiting: 2)
        defer { withExtendedLifetime(lock) {} }
        let database = try openOrReplace(directory)
        let last = try database.lastState()
        if isUnsettled(last, work) {
            let loss = WorkerLoss(ending, CrashRecord(of: directory), needs?.limits ?? RunSpec.Limits.none)
            try database.record(Self.end(loss, after: last, work))
        } else if let last, let overtaken = Self.overtaken(last, work) {
            try database.record(overtaken)
        }
        let report = try RunReport.recorded(directory, database)
        let state = try database.lastState()?.state
        // A worker that had its end recorded may have met a reader.
        database.emptyJournal()
        try database.close()
        return (report, state)
    }

    /// Nothing can be recorded of a run that nobody works on.
    func giveUp(_ id: String, _ error: EosError) {
        logger.error("\(id): \(error)")
        update(id) {
            $0.activity = .none
            $0.report.pid = nil
            $0.report.isStalled = false
            $0.report.summary.state = .lost
            $0.report.summary.reason = "\(error); `eos retry` goes on from the last checkpoint"
        }
    }

    /// Whether a worker that is gone has left it open what becomes of the run.
    private func isUnsettled(_ last: StateRecord?, _ work: RunEntry.Work?) -> Bool {
        switch last?.state {
        case nil, .starting, .running, .pausing, .stopping: true
        // Recorded before this worker was started: it did not come as far as to record anything.
        case .queued, .lost: work.map { $0.link.isOurs && last!.time < $0.started } ?? false
        default: false
        }
    }

    /// What was asked for when the worker was about to end for another reason, after which the run might go on.
    private static func overtaken(_ last: StateRecord, _ work: RunEntry.Work?) -> StateRecord? {
        switch (work?.wish, last.state) {
        case (.stop, .paused), (.stop, .queued):
            StateRecord(state: .cancelled, reason: "it was stopped on request", iteration: last.iteration)
        case (.pause, .queued):
            StateRecord(state: .paused, reason: "a stop was requested", iteration: last.iteration)
        default: nil
        }
    }

    /// What is recorded of a run whose worker was lost: what was asked of it holds, else it goes on.
    private static func end(_ loss: WorkerLoss, after last: StateRecord?, _ work: RunEntry.Work?) -> StateRecord {
        var record = StateRecord(
            state: loss.state, reason: loss.reason, iteration: last?.iteration ?? 0, signal: loss.signal,
            exitCode: loss.exitCode)
        if let work, let forced = work.forced, work.deadline < monotonicTime() {
            (record.state, record.reason) = (forced.state, forced.reason)
        } else if loss.state != .lost {
            // Its own fault.
        } else if work?.wish == .stop || last?.state == .stopping {
            (record.state, record.reason) = (.cancelled, "it was stopped on request; meanwhile \(loss.reason)")
        } else if work?.wish == .pause || last?.state == .pausing {
            (record.state, record.reason) = (.paused, "a pause was requested; meanwhile \(loss.reason)")
        }
        return record
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
            changes.async(after: delay) { [weak self] in self?.startAgain(id, number) }
        } catch {
            giveUp(id, error)
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
