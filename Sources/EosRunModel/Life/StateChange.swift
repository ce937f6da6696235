import EosCore

/// A state that a run comes to, and why.
public struct StateChange: Sendable, Hashable {
    public var state: RunState
    /// In words.
    public var reason: String
    /// What ended the worker, where something did.
    public var signal: Int?
    public var exitCode: Int?

    public init(_ state: RunState, _ reason: String, signal: Int? = nil, exitCode: Int? = nil) {
        self.state = state
        self.reason = reason
        self.signal = signal
        self.exitCode = exitCode
    }

    /// Whether no later request takes the place of this one: a pause may become the end.
    public var isFinal: Bool {
        switch state.phase {
        case .paused: false
        case .waiting, .working, .lost, .ended: true
        }
    }

    /// To go on later.
    public static let pause = StateChange(.paused, "a stop was requested")
    /// For good.
    public static let cancel = StateChange(.cancelled, "a user stopped it")
}

/// A change of state as it is recorded: where and when.
public struct StateRecord: Sendable, Equatable {
    public var change: StateChange
    public var iteration: Int
    /// Seconds since 1970.
    public var time: Double

    public init(_ change: StateChange, iteration: Int, time: Double = unixTime()) {
        self.change = change
        self.iteration = iteration
        self.time = time
    }

    public var state: RunState { change.state }
    public var reason: String { change.reason }
    public var signal: Int? { change.signal }
    public var exitCode: Int? { change.exitCode }
}
