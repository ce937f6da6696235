import Glibc

/// Signs of life for the service manager, for as long as the service answers itself.
public struct KeepAlive: Sendable {
    private let socket: NotifySocket
    /// Seconds between two signs of life.
    public let interval: Double

    /// - Parameters:
    ///   - microseconds: WATCHDOG_USEC: after this long without one, the service is taken for hung.
    ///   - process: WATCHDOG_PID: whose signs are wanted; nil: anybody's.
    public init?(_ socket: NotifySocket, microseconds: String?, process: String?) {
        guard socket.isPresent, let limit = microseconds.flatMap({ UInt64($0) }), limit > 0 else { return nil }
        if let process, pid_t(process) != getpid() { return nil }
        self.socket = socket
        interval = Double(limit) / 2e6
    }

    /// Reads the variables and takes them away.
    public static func fromEnvironment(_ socket: NotifySocket) -> KeepAlive? {
        defer { for name in ["WATCHDOG_USEC", "WATCHDOG_PID"] { unsetenv(name) } }
        return KeepAlive(socket, microseconds: environment("WATCHDOG_USEC"), process: environment("WATCHDOG_PID"))
    }

    /// Goes on until the task is cancelled.
    ///
    /// - Parameter isAlive: whether the service answers: no sign is given where it says no or does not return.
    public func run(_ isAlive: @Sendable () async -> Bool) async {
        while !Task.isCancelled {
            if await isAlive() { socket.send(.watchdog) }
            try? await Task.sleep(for: .seconds(interval))
        }
    }
}
