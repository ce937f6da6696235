import CEos
import EosCore
import EosRunModel
import EosRuns
import Foundation

/// What is asked of runs that are there.
extension Supervisor {
    public func perform(_ action: RunAction, on id: String) async throws(ServiceError) -> RunReport {
        try await changes.run { [self] () throws(ServiceError) in
            try take(.asked(action), id)
            schedule()
            return try self.entry(id).report
        }
    }

    func entry(_ id: String) throws(ServiceError) -> RunEntry {
        guard let entry = state.withLock({ $0.entries[id] }) else {
            throw ServiceError(.notFound, "there is no run \(oneLine(id))", hint: "`eos ls` lists all runs")
        }
        return entry
    }

    public func remove(_ id: String) async throws(ServiceError) {
        try await changes.run { [self] () throws(ServiceError) in try take(.removalAsked, id) }
    }

    func removeDirectory(_ id: String) throws(ServiceError) {
        let entry = try entry(id)
        let trash = "\(runs)/.removed-\(id)"
        do throws(EosError) {
            // Somebody may have removed it before.
            if access(entry.directory.path, F_OK) == 0 {
                let lock = try RunLock(entry.directory, waiting: 2)
                guard rename(entry.directory.path, trash) == 0 else {
                    throw EosError(EOS_E_IO, "\(entry.directory.path): \(String(cString: strerror(errno)))")
                }
                withExtendedLifetime(lock) {}
            }
            try index.takeRemoval(of: id, after: max(entry.feed.last, entry.report.events))
        } catch {
            throw ServiceError(error.status == eos_status(EOS_E_STATE) ? .conflict : .unavailable, error)
        }
        state.withLock { state in
            state.entries[id] = nil
            state.order.removeAll { $0 == id }
        }
        entry.feed.end()
        submissions.async { [store] in
            try? FileManager.default.removeItem(atPath: trash)
            store.prune()
        }
    }

    public func set(_ assignments: [String], on id: String) async throws(ServiceError) -> RunReport {
        let entry = try entry(id)
        // An evaluation under way may take long, and so may looking at plugins: neither holds up other requests.
        do throws(EosError) {
            try await submissions.run { [self] () throws(EosError) in
                guard let work = entry.work else { return try rewrite(entry, assignments) }
                do throws(EosError) { try work.link.ask(.set(assignments), patience: 60) } catch {
                    // A worker that has recorded its end answers no more, and is gone in a moment.
                    guard error.status == eos_status(EOS_E_STATE), let rested = restingEntry(id, within: 2) else {
                        throw error
                    }
                    try rewrite(rested, assignments)
                }
            }
        } catch {
            switch Int(error.status) {
            case EOS_E_CONFIG, EOS_E_NOT_FOUND: throw ServiceError(.invalidSpec, error)
            case EOS_E_STATE: throw ServiceError(.conflict, error)
            default: throw ServiceError(.unavailable, error)
            }
        }
        announce(id)
        return try self.entry(id).report
    }

    /// The run once its worker is gone and what it left is settled; nil where it goes on.
    private func restingEntry(_ id: String, within seconds: Double) -> RunEntry? {
        let end = monotonicTime() + seconds
        while monotonicTime() < end, let entry = state.withLock({ $0.entries[id] }) {
            if entry.work == nil { return entry }
            usleep(20_000)
        }
        return nil
    }

    /// The spec of a run that nobody works on.
    private func rewrite(_ entry: RunEntry, _ assignments: [String]) throws(EosError) {
        let lock = try RunLock(entry.directory, waiting: 2)
        try RunSession.rewrite(
            entry.directory, assignments, catalogue: try Workbench(try PluginSnapshot(entry.directory)))
        withExtendedLifetime(lock) {}
        update(entry.report.id) { $0.needs = needs(of: entry.directory) }
    }

    /// What the worker is to do, now or as soon as it has started; it is not waited for.
    func tell(_ id: String, _ wish: RunWish) {
        state.withLock { $0.entries[id]?.work }?.link.tell(wish)
        guard wish == .stop else { return }
        update(id) { entry in
            entry.changeWork { work in
                work.deadline = min(work.deadline, monotonicTime() + Self.patience)
                work.forced = StateChange(.cancelled, "a user stopped it, and its worker had to be killed")
            }
        }
    }
}
