import EosCore
import Glibc

/// The socket by which the service manager is told how a service is (sd_notify).
public struct NotifySocket: Sendable {
    private let address: UnixAddress?

    /// - Parameter path: NOTIFY_SOCKET, absolute or with '@' for a name without a file; nil: nobody wants to know.
    public init(_ path: String?) {
        let isSocket = path.map { $0.hasPrefix("/") || $0.hasPrefix("@") } ?? false
        address = isSocket ? try? UnixAddress(path!) : nil
    }

    /// Reads the variable and takes it away, so that no child tells in our name.
    public static func fromEnvironment() -> NotifySocket {
        defer { unsetenv("NOTIFY_SOCKET") }
        return NotifySocket(environment("NOTIFY_SOCKET"))
    }

    public var isPresent: Bool { address != nil }

    /// Tells it. What can't be told is dropped: the service manager has its time-outs.
    public func send(_ notices: [Notice]) {
        guard let address else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array(notices.map(\.text).joined(separator: "\n").utf8)
        _ = address.with { target, length in
            sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), target, length)
        }
    }

    public func send(_ notices: Notice...) { send(notices) }
}

/// What there is to tell.
public enum Notice: Sendable {
    case ready
    /// The configuration is read again, since a time of the monotonic clock.
    case reloading(microseconds: UInt64)
    case stopping
    /// For people: `systemctl status`.
    case status(String)
    /// A sign of life.
    case watchdog

    /// Reloading from now on.
    public static var reloadingNow: Notice {
        .reloading(microseconds: UInt64(monotonicTime() * 1e6))
    }

    var text: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
        case .stopping: "STOPPING=1"
        case .status(let text): "STATUS=\(oneLine(text))"
        case .watchdog: "WATCHDOG=1"
        }
    }
}

func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
