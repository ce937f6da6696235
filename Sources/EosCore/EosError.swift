import CEos

/// What went wrong: a status of `eos.h` and one sentence that names the value and the remedy.
public struct EosError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One of `EOS_E_*`, always negative.
    public let status: eos_status
    /// One line, whatever text of a file or a plugin it quotes.
    public let message: String

    public init(_ status: Int, _ message: String) {
        // It may come from another process.
        self.status = eos_status(clamping: status)
        self.message = oneLine(message)
    }

    public var description: String { message }

    /// The same error with `prefix` and a colon before its sentence: where it happened.
    public func within(_ prefix: String) -> EosError {
        EosError(Int(status), "\(prefix): \(message)")
    }
}
