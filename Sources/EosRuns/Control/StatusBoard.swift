import CEos
import Synchronization

/// What the process that works on a run shows of it. Written by the training, read by others. Any thread.
public final class StatusBoard: Sendable {
    private struct State {
        var status: WorkerStatus
        var progress: eos_progress?
        /// Counted by everything that is worth telling at once.
        var changes = 0
        /// When the last iteration ended, on the monotonic clock.
        var lastStep: Double
    }

    private let state: Mutex<State>

    public init(pid: Int, state: RunState, reason: String) {
        self.state = Mutex(
            State(status: WorkerStatus(pid: pid, state: state, reason: reason), lastStep: monotonicTime()))
    }

    /// After every iteration: nothing but a copy.
    func show(_ progress: eos_progress) {
        state.withLock { $0.progress = progress }
    }

    func show(_ state: RunState, reason: String) {
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

    func show(events: Int) { state.withLock { $0.status.events = max($0.status.events, events) } }

    var status: WorkerStatus {
        state.withLock {
            if let progress = $0.progress { $0.status.take(progress) }
            return $0.status
        }
    }

    var changes: Int { state.withLock(\.changes) }
}
