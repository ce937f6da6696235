import CEos
import Synchronization

/// What the process that works on a run shows of it. Written by the training, read by others. Any thread.
public final class StatusBoard: Sendable {
    private struct State {
        var status: WorkerStatus
        var progress: eos_progress?
        /// Counted by everything that is worth telling at once.
        var changes = 0
        var database: RunDatabase?
    }

    private let state: Mutex<State>

    public init(pid: Int, state: RunState, reason: String) {
        self.state = Mutex(State(status: WorkerStatus(pid: pid, state: state, reason: reason)))
    }

    /// After every iteration: nothing but a copy.
    func show(_ progress: eos_progress) {
        state.withLock { $0.progress = progress }
    }

    public func show(_ state: RunState, reason: String) {
        self.state.withLock {
            $0.status.state = state.rawValue
            $0.status.reason = reason
            $0.changes += 1
        }
    }

    func show(stalled: Bool) {
        state.withLock {
            guard $0.status.stalled != stalled else { return }
            $0.status.stalled = stalled
            $0.changes += 1
        }
    }

    /// Its events are those that are shown from here on.
    func follow(_ database: RunDatabase) { state.withLock { $0.database = database } }

    public var status: WorkerStatus {
        state.withLock {
            if let progress = $0.progress { $0.status.take(progress) }
            if let database = $0.database { $0.status.events = database.lastEvent }
            return $0.status
        }
    }

    var changes: Int { state.withLock(\.changes) }
}
