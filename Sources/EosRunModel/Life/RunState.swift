/// What a run does, or how it ended.
public enum RunState: String, Sendable, CaseIterable {
    case queued, starting, running, pausing, paused, stopping
    case converged
    case budgetExhausted = "budget_exhausted"
    case cancelled, failed
    case timedOut = "timed_out"
    case outOfMemory = "out_of_memory"
    case lost

    /// What follows from a state for whoever looks on. Decisions match this, never a list of states.
    public enum Phase: Sendable, CaseIterable {
        /// The run waits for its turn.
        case waiting
        /// A process works on the run.
        case working
        /// Nobody works on the run until somebody resumes it.
        case paused
        /// The process that worked on the run is gone, and the run can go on from its last checkpoint.
        case lost
        /// The run has come to its end.
        case ended
    }

    public var phase: Phase {
        switch self {
        case .queued: .waiting
        case .starting, .running, .pausing, .stopping: .working
        case .paused: .paused
        case .lost: .lost
        case .converged, .budgetExhausted, .cancelled, .failed, .timedOut, .outOfMemory: .ended
        }
    }

    /// Whether nothing happens any more unless someone goes on with the run.
    public var isEnd: Bool {
        switch phase {
        case .waiting, .working, .paused: false
        case .lost, .ended: true
        }
    }

    /// Whether nobody writes to the run for now.
    public var isQuiet: Bool {
        switch phase {
        case .waiting, .working: false
        case .paused, .lost, .ended: true
        }
    }

    /// Whether the run ended as its spec says.
    public var isSuccess: Bool {
        switch self {
        case .converged, .budgetExhausted: true
        case .queued, .starting, .running, .pausing, .paused, .stopping, .cancelled, .failed, .timedOut, .outOfMemory,
            .lost:
            false
        }
    }

    /// What somebody has asked of a run in this state, as far as the state shows it.
    public var wish: RunWish? {
        switch self {
        case .pausing: .pause
        case .stopping: .stop
        case .queued, .starting, .running, .paused, .converged, .budgetExhausted, .cancelled, .failed, .timedOut,
            .outOfMemory, .lost:
            nil
        }
    }
}

/// What somebody wants of a run that is going. The later case counts where both were asked for.
public enum RunWish: Int, Sendable, CaseIterable, Comparable {
    case pause, stop

    public static func < (left: RunWish, right: RunWish) -> Bool { left.rawValue < right.rawValue }

    /// The state until the evaluation under way has ended.
    var state: RunState {
        switch self {
        case .pause: .pausing
        case .stop: .stopping
        }
    }

    /// The state that the run comes to.
    public var end: StateChange {
        switch self {
        case .pause: .pause
        case .stop: .cancel
        }
    }

    /// Whether a run that came to `state` has come to what was wanted.
    public func isFulfilled(by state: RunState) -> Bool {
        switch self {
        case .pause: state.isQuiet
        case .stop: state.phase == .ended
        }
    }

    var sentence: String {
        switch self {
        case .pause: "a pause was requested"
        case .stop: "a stop was requested"
        }
    }
}

/// What can be asked of a run.
public enum RunAction: String, Sendable, CaseIterable {
    /// Stop after the evaluation under way, keep everything; it goes on by `resume`.
    case pause
    /// Queue a paused run again.
    case resume
    /// Stop for good: cancelled.
    case stop
    /// Queue a run that has ended again: it goes on from its last valid checkpoint, with its restart budget renewed.
    case retry
}
