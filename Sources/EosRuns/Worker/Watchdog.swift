import EosCore
import EosRunModel
import Foundation
import Synchronization

/// Holds a run to its limits from a thread of its own, whatever the plugin does on the other ones.
///
/// A limit is a request to stop first. Where the evaluation under way does not end within the time of grace, the worker
/// ends in the middle of it.
final class Watchdog: Sendable {
    private static let interval = 0.05
    /// Seconds that the evaluation under way has after a stop was asked for.
    static let grace = 10.0

    private struct State {
        var limits: RunSpec.Limits?
        /// When the run started, on the monotonic clock: before this worker, maybe.
        var started = monotonicTime()
        var control: RunControl?
        var cause: StateChange?
        var deadline = Double.infinity
        var isOver = false
    }

    private let state = Mutex(State())
    private let board: StatusBoard
    /// Ends the process.
    private let abandon: @Sendable (StateChange) -> Void

    init(_ board: StatusBoard, abandon: @escaping @Sendable (StateChange) -> Void) {
        self.board = board
        self.abandon = abandon
        Thread.detachNewThread { @Sendable [self] in
            withOutsideSignalsBlocked { watch() }
        }
    }

    /// - Parameter elapsed: seconds that the run has been going before this worker.
    func enforce(_ limits: RunSpec.Limits, elapsed: Double) {
        state.withLock {
            $0.limits = limits
            $0.started = monotonicTime() - elapsed
        }
    }

    /// Stops go to this session from here on; one that was asked for before is handed on.
    func attach(_ control: RunControl) {
        let cause = state.withLock {
            $0.control = control
            return $0.cause
        }
        if let cause { control.stop(cause) }
    }

    /// Asks for a stop; a pause waits for the evaluation under way however long it takes.
    func stop(_ cause: StateChange, within seconds: Double = grace) {
        let control = state.withLock { state in
            if state.cause?.isFinal != true { state.cause = cause }
            if state.cause?.isFinal == true {
                state.deadline = min(state.deadline, monotonicTime() + seconds)
            }
            return state.control
        }
        control?.stop(cause)
    }

    /// The session has ended by itself: nothing is abandoned any more.
    func end() { state.withLock { $0.isOver = true } }

    private func watch() {
        var step = (iteration: -1, time: monotonicTime())
        while true {
            usleep(useconds_t(Self.interval * 1e6))
            let (limits, started, cause, deadline, isOver) = state.withLock {
                ($0.limits, $0.started, $0.cause, $0.deadline, $0.isOver)
            }
            if isOver { return }
            let time = monotonicTime()
            if time > deadline, let cause {
                let late = StateChange(
                    cause.state, "\(cause.reason); the current evaluation did not end and was abandoned")
                return abandon(late)
            }
            let status = board.status
            if status.numbers.iteration != step.iteration || status.state != .running {
                step = (status.numbers.iteration, time)
                board.show(stalled: false)
            }
            guard let limits else { continue }
            if limits.seconds > 0, time - started > limits.seconds, cause?.state != .timedOut {
                stop(
                    StateChange(.timedOut, "it exceeded its time limit of \(limits.seconds) s (limits.seconds)"))
            }
            if limits.evaluationSeconds > 0, time - step.time > limits.evaluationSeconds {
                board.show(stalled: true)
                if limits.endsStalled, cause?.state != .timedOut {
                    stop(
                        StateChange(
                            .timedOut,
                            "no iteration ended within \(limits.evaluationSeconds) s (limits.evaluation_seconds)"),
                        within: 1)
                }
            }
        }
    }
}
