import CEosGuard

/// How much of what a plugin changed is put back after its calls.
public enum GuardScope: Sendable {
    /// What belongs to the calling thread: the floating-point mode, the signal mask, the locale of the thread. For a
    /// library in somebody else's program, whose other threads may change all else while the call runs.
    case thread
    /// Everything: for processes of eos, which change nothing of it themselves while a plugin is at work.
    case process
}

/// What a plugin must leave as it found it: of its thread the floating-point mode, the signal mask and the locale; of the
/// process the working directory, the locale and what is done on signals.
public struct ProcessState {
    /// What a plugin changed.
    public struct Changes: OptionSet, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let directory = Changes(PROCESS_DIRECTORY)
        public static let locale = Changes(PROCESS_LOCALE)
        public static let signalMask = Changes(PROCESS_MASK)
        public static let signalActions = Changes(PROCESS_ACTIONS)
        public static let floatingPoint = Changes(PROCESS_FLOATING_POINT)

        private init(_ value: Int) { self.init(rawValue: UInt32(value)) }

        /// "the working directory and the locale".
        public var text: String {
            let names: [(Changes, String)] = [
                (.directory, "the working directory"), (.locale, "the locale"), (.signalMask, "the signal mask"),
                (.signalActions, "the action of a signal"),
                (.floatingPoint, "the floating-point mode (rounding, denormals or trapped exceptions)"),
            ]
            return names.filter { contains($0.0) }.map(\.1).joined(separator: " and ")
        }
    }

    private var noted = process_state()

    /// The state now, to be put back on the same thread. All of it takes about 5 microseconds.
    public static func note(_ scope: GuardScope) -> ProcessState {
        var state = ProcessState()
        process_state_note(&state.noted, scope == .thread ? PROCESS_OF_THREAD : PROCESS_WHOLE)
        return state
    }

    private init() {}

    /// Puts back what is no longer as it was noted. Once.
    public mutating func restore() -> Changes { Changes(rawValue: process_state_restore(&noted)) }
}
