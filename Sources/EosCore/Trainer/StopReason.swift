import CEosTexts

/// Why a trainer stopped: `EOS_STOP_*` of `eos.h`, whose values these are.
public enum StopReason: Int32, Sendable, CaseIterable {
    /// It has not.
    case none = 0
    case loss
    case gradient
    case step
    case iterations
    case evaluations
    case seconds
    case requested
    case nonfinite
    case failed
    case noStep
    case noProgress

    /// Whether it is an error.
    public var isFailure: Bool {
        switch self {
        case .nonfinite, .failed, .noStep: true
        case .none, .loss, .gradient, .step, .iterations, .evaluations, .seconds, .requested, .noProgress: false
        }
    }

    /// In words: the text that `eos.h` gives.
    public var text: String { String(cString: texts_stop(rawValue)) }
}
