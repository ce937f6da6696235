import EosCore
import EosDiscovery
import EosPluginHost
import EosRunModel
import EosRuns
import EosServer
import Synchronization

/// Runs that exist on disk and in memory, but do nothing.
final class FakeService: ManagedRunService {
    struct State {
        var runs: [(report: RunReport, directory: RunDirectory, feed: FakeFeed)] = []
        var submissions: [Submission] = []
        var actions: [String] = []
        var reloads = 0
        var drains: [Bool] = []
    }

    let state = Mutex(State())
    let all = FakeFeed()

    func add(_ run: RunDirectory, state runState: RunState? = nil, feed: FakeFeed = FakeFeed()) throws -> String {
        var report = try RunReport.read(run)
        if let runState { report.summary.state = runState }
        state.withLock { $0.runs.append((report, run, feed)) }
        return report.id
    }

    func change(_ id: String, _ body: (inout RunReport) -> Void) {
        state.withLock { state in
            guard let index = state.runs.firstIndex(where: { $0.report.id == id }) else { return }
            body(&state.runs[index].report)
        }
    }

    func reports() -> [RunReport] { state.withLock { $0.runs.map(\.report) } }
    func report(of id: String) -> RunReport? { state.withLock { $0.runs.first { $0.report.id == id }?.report } }
    func directory(of id: String) -> RunDirectory? {
        state.withLock { $0.runs.first { $0.report.id == id }?.directory }
    }

    func submit(_ submission: Submission) async throws(ServiceError) -> RunReport {
        state.withLock { $0.submissions.append(submission) }
        guard submission.spec.contains("[objective]"), let report = reports().first else {
            throw ServiceError(.invalidSpec, "spec.toml:1: there is no [objective]", hint: "add one")
        }
        return report
    }

    func perform(_ action: RunAction, on id: String) async throws(ServiceError) -> RunReport {
        state.withLock { $0.actions.append("\(action.rawValue) \(id)") }
        guard var report = report(of: id) else { throw ServiceError(.notFound, "it is gone") }
        if report.state.isEnd { throw ServiceError(.conflict, "\(id) has ended", hint: "retry it") }
        if action == .pause { report.summary.state = .pausing }
        return report
    }

    func set(_ assignments: [String], on id: String) async throws(ServiceError) -> RunReport {
        state.withLock { $0.actions.append("set \(assignments.joined(separator: " ")) \(id)") }
        return report(of: id)!
    }

    func remove(_ id: String) async throws(ServiceError) {
        guard report(of: id)?.state.isEnd == true else { throw ServiceError(.conflict, "\(id) has not ended") }
        state.withLock { state in state.runs.removeAll { $0.report.id == id } }
    }

    func feed(of id: String?) -> (any EventFeed)? {
        guard let id else { return all }
        return state.withLock { $0.runs.first { $0.report.id == id }?.feed }
    }

    func findings() async -> Findings { Discovery(PluginSearchPath([]), cache: nil).scan() }

    var totals: ServiceTotals {
        var totals = ServiceTotals()
        (totals.submitted, totals.started, totals.maxRuns, totals.maxThreads) = (7, 5, 2, 4)
        return totals
    }

    func start() throws(EosError) {}
    func drain(pause: Bool) async { state.withLock { $0.drains.append(pause) } }
    func reload() async { state.withLock { $0.reloads += 1 } }
}

/// Events in memory.
final class FakeFeed: EventFeed {
    private struct State {
        var events: [RunEvent] = []
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Calls of `wait` under way.
        var waiters = 0
        var reads = 0
    }

    private let state = Mutex(State())

    func append(_ kind: RunEvent.Kind = .iterates, run: String = "run", data: String = "{}") {
        change { state in
            state.events.append(
                RunEvent(sequence: state.events.count + 1, run: run, kind: kind, time: 1.5, data: data))
        }
    }

    func end() { change { $0.hasEnded = true } }

    private func change(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// How often somebody has read.
    var reads: Int { state.withLock { $0.reads } }
    /// Clients that wait for events.
    var waiters: Int { state.withLock { $0.waiters } }
    var last: Int { state.withLock { $0.events.count } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    func read(after sequence: Int, limit: Int) async throws(ServiceError) -> [StreamedEvent] {
        state.withLock { state in
            state.reads += 1
            return state.events.dropFirst(sequence).prefix(limit).map(StreamedEvent.init)
        }
    }

    func wait(after sequence: Int) async {
        state.withLock { $0.waiters += 1 }
        defer { state.withLock { $0.waiters -= 1 } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.events.count > sequence || state.hasEnded || Task.isCancelled { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            change { _ in }
        }
    }
}
