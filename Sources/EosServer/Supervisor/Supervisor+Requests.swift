import CEos
import EosCore
import EosDiscovery
import EosPluginHost
import EosRuns
import Foundation

/// What is asked of runs that are there.
extension Supervisor {
    public func perform(_ action: RunAction, on id: String) async throws(ServiceError) -> RunReport {
        try await onChanges { [self] () throws(ServiceError) in
            let entry = try entry(id)
            switch action {
            case .pause: try pause(id, entry)
            case .resume: try resume(id, entry)
            case .stop: try stop(id, entry)
            case .retry: try retry(id, entry)
            }
            schedule()
            return try self.entry(id).report
        }
    }

    private func entry(_ id: String) throws(ServiceError) -> RunEntry {
        guard let entry = state.withLock({ $0.entries[id] }) else {
            throw ServiceError(.notFound, "there is no run \(oneLine(id))", hint: "`eos ls` lists them")
        }
        return entry
    }

    private func pause(_ id: String, _ entry: RunEntry) throws(ServiceError) {
        if entry.work != nil, [.queued, .starting, .running, .pausing, .lost].contains(entry.report.state) {
            ask(.pause, id)
        } else if isWaiting(entry) {
            try write(.paused, "a stop was requested", id)
            leaveQueue(id)
        } else {
            throw refusal(entry, "it can't be paused")
        }
    }

    private func resume(_ id: String, _ entry: RunEntry) throws(ServiceError) {
        guard entry.report.state == .paused, case .none = entry.activity else {
            throw refusal(entry, "only a paused run can be resumed", hint: "`eos retry` goes on with one that ended")
        }
        try write(.queued, "resumed", id)
        enqueue(id)
    }

    private func stop(_ id: String, _ entry: RunEntry) throws(ServiceError) {
        if entry.work != nil, !entry.report.state.isEnd || entry.report.state == .lost {
            ask(.stop, id)
        } else if isWaiting(entry) || entry.report.state == .paused || entry.report.state == .lost {
            try write(.cancelled, "it was stopped on request", id)
            leaveQueue(id)
        } else {
            throw refusal(entry, "it has ended already")
        }
    }

    private func retry(_ id: String, _ entry: RunEntry) throws(ServiceError) {
        guard entry.report.state.isEnd, case .none = entry.activity else {
            throw refusal(entry, "only a run that has ended can be tried again")
        }
        update(id) { $0.needs = needs(of: entry.directory) }
        try write(.queued, "tried again", id)
        enqueue(id)
    }

    public func remove(_ id: String) async throws(ServiceError) {
        try await onChanges { [self] () throws(ServiceError) in
            let entry = try entry(id)
            guard case .none = entry.activity, entry.report.state.isEnd || entry.report.state == .paused else {
                throw refusal(entry, "it can't be removed", hint: "`eos stop` ends it first")
            }
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
    }

    public func set(_ assignments: [String], on id: String) async throws(ServiceError) -> RunReport {
        let entry = try entry(id)
        // An evaluation under way may take long, and so may looking at plugins: neither holds up other requests.
        let result = await withCheckedContinuation { continuation in
            submissions.async { [self] in
                continuation.resume(
                    returning: Result { () throws(EosError) in
                        if let work = entry.work { return try work.link.ask(.set(assignments), patience: 60) }
                        try rewrite(entry, assignments)
                    })
            }
        }
        do throws(EosError) { try result.get() } catch {
            switch Int(error.status) {
            case EOS_E_CONFIG, EOS_E_NOT_FOUND: throw ServiceError(.invalidSpec, error)
            case EOS_E_STATE: throw ServiceError(.conflict, error)
            default: throw ServiceError(.unavailable, error)
            }
        }
        announce(id)
        return try self.entry(id).report
    }

    /// The spec of a run that nobody works on.
    private func rewrite(_ entry: RunEntry, _ assignments: [String]) throws(EosError) {
        let lock = try RunLock(entry.directory, waiting: 2)
        try RunSession.rewrite(
            entry.directory, assignments, catalogue: try Workbench(try PluginSnapshot(entry.directory)))
        withExtendedLifetime(lock) {}
        update(entry.report.id) { $0.needs = needs(of: entry.directory) }
    }

    /// Whether it waits for a worker.
    private func isWaiting(_ entry: RunEntry) -> Bool {
        switch entry.activity {
        case .queued, .restarting: true
        case .none, .working: false
        }
    }

    private func leaveQueue(_ id: String) {
        state.withLock { state in
            state.queue.removeAll { $0 == id }
            state.entries[id]?.activity = .none
        }
    }

    /// What the worker is to do, now or as soon as it has started; it is not waited for.
    func ask(_ wish: RunEntry.Wish, _ id: String) {
        state.withLock { $0.entries[id]?.work }?.link.tell(wish == .stop ? .stop : .pause)
        update(id) { entry in
            entry.report.summary.state = wish == .stop ? .stopping : .pausing
            entry.changeWork { work in
                work.wish = wish
                guard wish == .stop else { return }
                work.deadline = min(work.deadline, monotonicTime() + Self.patience)
                work.forced = StopCause(.cancelled, "it was stopped on request; its worker did not stop by itself")
            }
        }
    }

    private func write(_ state: RunState, _ reason: String, _ id: String) throws(ServiceError) {
        do throws(EosError) {
            try record(StateRecord(state: state, reason: reason, iteration: iteration(id)), id)
        } catch {
            throw ServiceError(error.status == eos_status(EOS_E_STATE) ? .conflict : .unavailable, error)
        }
    }

    private func refusal(_ entry: RunEntry, _ what: String, hint: String = "") -> ServiceError {
        ServiceError(.conflict, "\(entry.report.id) is \(entry.report.state.rawValue): \(what)", hint: hint)
    }
}
