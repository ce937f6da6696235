import CEosGuard

/// What belongs to the whole process and what a plugin must leave as it found it: the working directory, the locale,
/// the signal mask and what is done on signals, the floating-point mode.
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
                (.signalActions, "what is done on a signal"),
                (.floatingPoint, "the floating-point mode (rounding, denormals or trapped exceptions)"),
            ]
            return names.filter { contains($0.0) }.map(\.1).joined(separator: " and ")
        }
    }

    private var noted = process_state()

    /// The state now, to be put back on the same thread. About 5 microseconds.
    public static func note() -> ProcessState {
        var state = ProcessState()
        process_state_note(&state.noted)
        return state
    }

    private init() {}

    /// Puts back what is no longer as it was noted. Once.
    public mutating func restore() -> Changes { Changes(rawValue: process_state_restore(&noted)) }
}
