import CEos
import EosCore
import EosProcesses
import EosRunModel
import EosRuns
import Foundation

/// From the queue to a worker. Everything on `changes`.
extension Supervisor {
    /// Starts what there is room for. In order: a run that needs many threads is not overtaken for ever.
    func schedule() {
        while true {
            let next: String? = state.withLock { state in
                guard !state.isDraining, let id = state.queue.first, let entry = state.entries[id] else { return nil }
                let works = state.entries.values.compactMap(\.work)
                let threads = threads(of: entry)
                guard works.count < options.maxRuns,
                    works.isEmpty || works.map(\.threads).reduce(0, +) + threads <= options.maxThreads
                else { return nil }
                state.queue.removeFirst()
                return id
            }
            guard let next else { return }
            happen(.turned, to: next)
        }
    }

    /// A run that leaves it open takes its share.
    func threads(of entry: RunEntry) -> Int {
        let wanted = entry.needs?.threads ?? 0
        return wanted > 0 ? wanted : max(1, options.maxThreads / options.maxRuns)
    }

    func launch(_ id: String) {
        guard let entry = state.withLock({ $0.entries[id] }) else { return }
        let started = unixTime()
        do throws(EosError) {
            let process = try WorkerProcess(
                starting: entry.directory, threads: threads(of: entry), environment: options.environment)
            state.withLock { $0.totals.started += 1 }
            update(id) {
                $0.launched = (process, started)
                $0.report.summary.reason = "its worker is starting"
                $0.report.pid = process.number
                $0.report.started = started
            }
            happen(.started, to: id)
        } catch {
            if error.status == eos_status(EOS_E_STATE) {
                // Somebody works on it: `eos train --resume`, maybe.
                state.withLock { $0.totals.adopted += 1 }
                return happen(.taken, to: id)
            }
            logger.error("\(id): \(error)")
            happen(.unstartable(error.message), to: id)
        }
    }

    /// From here on the worker is listened to.
    func follow(_ id: String) {
        guard let entry = state.withLock({ $0.entries[id] }) else { return }
        let link = WorkerLink(
            entry.directory, child: entry.launched?.process,
            status: { [weak self] status in
                guard let self else { return }
                let known = state.withLock { $0.entries[id]?.feed.last } ?? 0
                update(id) { entry in
                    entry.take(status)
                    entry.changeWork { $0.silence = 0 }
                }
                if status.events > known { announce(id) }
            },
            end: { [weak self] ending in
                guard let self else { return }
                changes.async { [self] in
                    settle(id, ending)
                    schedule()
                }
            })
        var work = RunEntry.Work(link: link, threads: threads(of: entry))
        if let limit = entry.needs?.limits.seconds, limit > 0 {
            // The worker keeps to it by itself: this is for one that can't.
            work.deadline = monotonicTime() + limit + 2 * Self.patience
            work.forced = StateChange(
                .timedOut, "it exceeded its time limit of \(limit) s (limits.seconds) and did not stop")
        }
        let complete = work
        entry.feed.wake()
        update(id) { $0.begin(complete) }
    }

    /// Seconds after which a worker that was asked to stop is killed: it has its own time of grace before.
    static let patience = 15.0
    /// Seconds after which a worker that says nothing is taken for one that stands still.
    private static let longSilence = 10

    /// Until eosd ends.
    func keepHouseFromNowOn() {
        changes.async(after: 1) { [weak self] in
            guard let self, !state.withLock(\.isDraining) else { return }
            keepHouse()
            keepHouseFromNowOn()
        }
    }

    /// Once a second: kills workers that have gone too far.
    func keepHouse() {
        let time = monotonicTime()
        let late = state.withLock { state in
            for id in state.entries.keys { state.entries[id]!.listenForSilence(longer: Self.longSilence) }
            return state.entries.values.compactMap(\.work).filter { $0.deadline < time }
        }
        for work in late { work.link.kill() }
        giveBackMemory()
    }

    /// What many runs and clients took is given back to the system while nothing is going on.
    private func giveBackMemory() {
        let isIdle = state.withLock { $0.queue.isEmpty && !$0.entries.values.contains { $0.work != nil } }
        if isIdle { ProcessMemory.giveBack() }
    }
}

extension RunEntry {
    /// What the worker says of itself; what was asked of it before it heard of that stays.
    fileprivate mutating func take(_ status: WorkerStatus) {
        let before = life
        report.take(status)
        report.summary.state = (try? before.after(.said(report.state)))?.life.state ?? before.state
    }

    /// A worker that was halted, or that waits for ever for what a plugin holds, can't say so itself. Seconds are counted
    /// here, so that those in which nothing ran at all do not count.
    fileprivate mutating func listenForSilence(longer limit: Int) {
        guard work != nil else { return }
        changeWork { $0.silence += 1 }
        guard let work, work.silence > limit else { return }
        report.isStalled = true
        guard let limits = needs?.limits, limits.endsStalled, limits.evaluationSeconds > 0,
            Double(work.silence) > limits.evaluationSeconds + Supervisor.patience
        else { return }
        changeWork { work in
            guard work.deadline == .infinity || work.forced?.state == .timedOut else { return }
            work.deadline = 0
            work.forced = StateChange(
                .timedOut,
                "no iteration ended within \(limits.evaluationSeconds) s (limits.evaluation_seconds), and its worker "
                    + "does not answer")
        }
    }
}
