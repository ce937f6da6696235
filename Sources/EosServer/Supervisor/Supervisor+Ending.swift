import CEos
import EosCore
import EosRunModel
import EosRuns
import Foundation

/// When a worker is gone. Everything on `changes`.
extension Supervisor {
    /// Finds out what became of a run whose worker has ended.
    func settle(_ id: String, _ ending: WorkerLoss.Ending) {
        guard let entry = state.withLock({ $0.entries[id] }) else { return }
        let needs = needs(of: entry.directory)
        update(id) { $0.needs = needs }
        var isTaken = ending == .exited(Int(RunWorker.Status.taken)) && RunLock.isHeld(entry.directory)
        if !isTaken {
            do throws(EosError) { try conclude(entry, ending, needs) } catch {
                isTaken = error.status == eos_status(EOS_E_STATE)
                if !isTaken { giveUp(id, "\(error)") }
            }
        }
        guard isTaken else { return }
        // Another process had the run before, went on with it at once or only looks at it: its lock tells when that ends.
        update(id) { $0.launched = nil }
        happen(.taken, to: id)
    }

    /// Records how a worker ended where it has not done so itself. A function of its own, so that the lock is free
    /// afterwards.
    private func conclude(_ entry: RunEntry, _ ending: WorkerLoss.Ending, _ needs: RunNeeds?) throws(EosError) {
        let lock = try RunLock(entry.directory, waiting: 2)
        defer { withExtendedLifetime(lock) {} }
        let database = try openOrReplace(entry.directory)
        let last = try database.lastState()
        // What was recorded before the worker was started says that it did not come as far as to record anything.
        let isNews = entry.launched.map { launched in last.map { $0.time >= launched.time } ?? false } ?? true
        let report = try RunReport.recorded(entry.directory, database)
        happen(
            .gone(
                RunLife.Departure(
                    recorded: isNews ? last?.state : nil,
                    loss: WorkerLoss.change(ending, CrashRecord(of: entry.directory), needs?.limits ?? .none),
                    forced: entry.work.flatMap { $0.deadline < monotonicTime() ? $0.forced : nil })),
            to: report.id, database, report: report)
        announce(report.id)
        // A worker that had its end recorded may have met a reader.
        database.emptyJournal()
        try database.close()
    }

    /// Whether a lost run may be started again.
    func judgement(_ id: String) -> RunLife.Judgement {
        guard let entry = state.withLock({ $0.entries[id] }), let needs = entry.needs else { return .unknowable }
        do throws(EosError) {
            let (losses, last) = try lossesInARow(entry.directory)
            let loss = last?.change ?? StateChange(.lost, "the worker was lost")
            guard losses <= needs.restart.limit else {
                let times = losses == 1 ? "" : ", \(losses) times in a row without a new checkpoint"
                return .exhausted(
                    StateChange(.failed, loss.reason + times, signal: loss.signal, exitCode: loss.exitCode))
            }
            let delay = needs.restart.delay(after: losses)
            logger.warning("\(id): \(loss.reason); restart \(losses) of at most \(needs.restart.limit) in \(delay) s")
            return .allowed(after: delay)
        } catch {
            giveUp(id, "\(error)")
            return .unknowable
        }
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
