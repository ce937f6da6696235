import CEos
import EosCore
import EosRunModel
import Synchronization

/// What the process that works on a run shows of it. Written by the training, read by others. Any thread.
public final class StatusBoard: Sendable {
    private struct State {
        var status: WorkerStatus
        var progress: eos_progress?
        /// Counted by everything that is worth telling at once.
        var changes = 0
        var database: RunDatabase?
        var life: RunLife

        mutating func show(_ change: StateChange) {
            status.state = change.state
            status.reason = change.reason
            changes += 1
        }
    }

    private let state: Mutex<State>
    /// Held while a state is recorded: records have the order of the changes.
    private let recording = Mutex(())

    public init(pid: Int, _ change: StateChange) {
        self.state = Mutex(
            State(status: WorkerStatus(pid: pid, change), life: RunLife(change.state, .here(nil))))
    }

    /// After every iteration: nothing but a copy.
    func show(_ progress: eos_progress) {
        state.withLock { $0.progress = progress }
    }

    /// Takes an event into the life of the run that this process works on: shows each state once `record` has made it
    /// durable.
    ///
    /// - Parameter interrupt: asks the training to stop, whether or not that could be recorded.
    func take(
        _ event: RunLife.Event, record: (StateChange) throws(EosError) -> Void, interrupt: (RunWish) -> Void = { _ in }
    ) throws(EosError) {
        let result = recording.withLock { _ in
            Result { () throws(EosError) in
                // Who works on a run refuses it nothing.
                guard let (life, effects) = try? self.state.withLock(\.life).after(event) else { return }
                var failure: EosError?
                for effect in effects {
                    switch effect {
                    case .record(let change):
                        do throws(EosError) {
                            try record(change)
                            self.state.withLock { $0.show(change) }
                        } catch { failure = error }
                    case .interrupt(let wish): interrupt(wish)
                    case .join, .leaveQueue, .launch, .follow, .remember, .tell, .inquire, .judge, .delay, .readSpec,
                        .rest, .remove:
                        preconditionFailure("\(effect) is eosd's")
                    }
                }
                if let failure { throw failure }
                self.state.withLock { $0.life = life }
            }
        }
        try result.get()
    }

    func show(stalled: Bool) {
        state.withLock {
            guard $0.status.isStalled != stalled else { return }
            $0.status.isStalled = stalled
            $0.changes += 1
        }
    }

    /// Its events are those that are shown from here on.
    func follow(_ database: RunDatabase) { state.withLock { $0.database = database } }

    public var status: WorkerStatus {
        state.withLock {
            if let progress = $0.progress { $0.status.numbers = RunNumbers(progress) }
            if let database = $0.database { $0.status.events = database.lastEvent }
            return $0.status
        }
    }

    var changes: Int { state.withLock(\.changes) }
}
