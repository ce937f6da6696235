import EosCore
import EosRuns
import Foundation

/// How eosd ends.
extension Supervisor {
    /// Starts nothing any more and lets go of every worker: they live on, to be adopted.
    ///
    /// - Parameter pause: workers are asked to stop first, and waited for; their runs are queued for the next eosd.
    public func drain(pause: Bool) async {
        let works = await withCheckedContinuation { continuation in
            changes.async { [self] in
                let works = state.withLock { state in
                    state.isDraining = true
                    return state.entries.values.compactMap(\.work)
                }
                continuation.resume(returning: works)
            }
        }
        if pause {
            // To a worker SIGTERM means: save, and go on with the next eosd.
            for work in works {
                if let process = RunLock.isHeld(work.link.directory) ? RunLock.holder(work.link.directory) : nil {
                    kill(pid_t(process), SIGTERM)
                }
            }
            while state.withLock({ $0.entries.values.contains { $0.work != nil } }) {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        for work in state.withLock({ $0.entries.values.compactMap(\.work) }) { work.link.leave() }
        index.end()
        for feed in state.withLock({ $0.entries.values.map(\.feed) }) { feed.end() }
    }

    /// Plugins are looked at anew by every request: only copies that nobody uses are to be cleared away.
    public func reload() async { submissions.async { [store] in store.prune() } }
}
