import CEos

/// What an objective or a policy throws: it becomes the status of the call, and its message the run's error.
///
/// Any other error that is thrown becomes `EOS_E_FAILED` with its description.
public struct PluginError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `EOS_RECOVERABLE`, or one of `EOS_E_*`.
    public let status: eos_status
    /// One sentence that names the offending value and the remedy; empty where the host knows it already.
    public let message: String

    public init(_ status: Int, _ message: String) {
        self.status = eos_status(status)
        self.message = message
    }

    /// No finite value here: the search shrinks the step and goes on. Returning NaN from `evaluate` says the same.
    public static let recoverable = PluginError(EOS_RECOVERABLE, "")
    /// The evaluation saw `HostServices.isCancelled` and gave up.
    public static let cancelled = PluginError(EOS_E_CANCELLED, "cancelled")

    /// The objective or the policy can't go on.
    public static func failed(_ message: String) -> PluginError { PluginError(EOS_E_FAILED, message) }
    /// An argument is invalid.
    public static func invalid(_ message: String) -> PluginError { PluginError(EOS_E_INVALID, message) }
    /// Parameters do not go together: `.configuration("layers = [64] has no output; give at least two sizes")`.
    public static func configuration(_ message: String) -> PluginError { PluginError(EOS_E_CONFIG, message) }
    /// What was asked for is not supported by this object.
    public static func unsupported(_ message: String) -> PluginError { PluginError(EOS_E_UNSUPPORTED, message) }
    /// Saved state that is damaged or of another kind.
    public static func format(_ message: String) -> PluginError { PluginError(EOS_E_FORMAT, message) }
    /// Not enough memory.
    public static func memory(_ message: String) -> PluginError { PluginError(EOS_E_MEMORY, message) }

    public var description: String { message.isEmpty ? "status \(status)" : message }
}

extension HostServices {
    /// Runs the body of a C call.
    @inlinable @inline(__always)
    func attempting(_ body: () throws -> Void) -> eos_status {
        do { try body() } catch { return report(error) }
        return eos_status(EOS_OK)
    }

    /// Tells the host why a call fails and gives the status to return.
    @inline(never)
    public func report(_ error: any Error) -> eos_status {
        let known = error as? PluginError ?? .failed("\(error)")
        guard known.status < 0, !known.message.isEmpty else { return known.status }
        let line = String(known.message.map { $0.isNewline ? " " : $0 })
        return line.withCString { table.pointee.fail(table, known.status, $0) }
    }
}
