import CEos
import EosCore

enum ExitStatus {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let mistake: Int32 = 2
}

/// What ends the program: a sentence and the exit status.
struct Failure: Error {
    /// Empty where there is nobody to tell.
    var message: String
    let status: Int32
    /// Whether standard output is to blame.
    var isOfOutput = false

    init(_ message: String, _ status: Int32) {
        self.message = message
        self.status = status
    }

    init(_ error: EosError, _ status: Int32) { self.init(error.message, status) }
}

extension EosError {
    /// Whether a failure that came up while something was made is none of the user's.
    var isOurs: Bool {
        switch Int(status) {
        case EOS_E_MEMORY, EOS_E_NONFINITE, EOS_E_FAILED, EOS_E_CANCELLED, EOS_E_PLUGIN: true
        default: false
        }
    }
}

/// Runs what depends on what the user gave: its errors are mistakes of the user, but for lack of memory and for an
/// objective that fails.
func fromUser<Result>(_ body: () throws(EosError) -> Result) throws(Failure) -> Result {
    do throws(EosError) { return try body() } catch {
        throw Failure(error, error.isOurs ? ExitStatus.failure : ExitStatus.mistake)
    }
}
