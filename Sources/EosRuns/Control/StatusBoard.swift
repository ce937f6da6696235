import CEos
import EosCore
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
    /// Held while a state is recorded: records have the order of the changes.
    private let recording = Mutex(())

    public init(pid: Int, state: RunState, reason: String) {
        self.state = Mutex(State(status: WorkerStatus(pid: pid, state: state, reason: reason)))
    }

    /// After every iteration: nothing but a copy.
    func show(_ progress: eos_progress) {
        state.withLock { $0.progress = progress }
    }

    /// Shows a state once `record` has made it durable.
    ///
    /// - Parameter onTheWay: it leads to an end; where that has been recorded already nothing changes.
    func change(
        to state: RunState, reason: String, onTheWay: Bool = false, record: () throws(EosError) -> Void
    ) throws(EosError) {
        let result = recording.withLock { _ in
            Result { () throws(EosError) in
                let present = RunState(rawValue: self.state.withLock(\.status.state))
                if onTheWay, ![.starting, .running, .pausing].contains(present) { return }
                try record()
                self.state.withLock {
                    $0.status.state = state.rawValue
                    $0.status.reason = reason
                    $0.changes += 1
                }
            }
        }
        try result.get()
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
