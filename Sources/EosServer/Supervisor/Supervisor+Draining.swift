import EosCore
import EosRunModel
import Foundation

/// How eosd ends.
extension Supervisor {
    /// Starts nothing any more and lets go of every worker: they live on, to be adopted.
    ///
    /// - Parameter pause: workers are asked to stop first, and waited for; their runs are queued for the next eosd.
    public func drain(pause: Bool) async {
        await changes.run { [self] in state.withLock { $0.isDraining = true } }
        if pause { await endWorkers() }
        for work in state.withLock({ $0.entries.values.compactMap(\.work) }) { work.link.leave() }
        index.end()
        for feed in state.withLock({ $0.entries.values.map(\.feed) }) { feed.end() }
    }

    /// To a worker SIGTERM means: save, and go on with the next eosd.
    private func endWorkers() async {
        let deadline = monotonicTime() + Self.endPatience
        while monotonicTime() < deadline {
            let works = state.withLock { $0.entries.values.compactMap(\.work) }
            // What became of the last one is being recorded.
            if works.isEmpty { return await changes.run {} }
            for work in works { work.link.end() }
            try? await Task.sleep(for: .milliseconds(20))
        }
        for (id, entry) in state.withLock({ $0.entries }) where entry.work != nil {
            logger.warning("\(id): its worker did not end within \(Self.endPatience) s and continues")
        }
    }

    /// Seconds after which only a worker that was halted has not ended yet, or one on a very slow disk: it does so later.
    private static let endPatience = 60.0

    /// Plugins are looked at anew by every request: only copies that nobody uses are to be cleared away.
    public func reload() async { submissions.async { [store] in store.prune() } }
}
