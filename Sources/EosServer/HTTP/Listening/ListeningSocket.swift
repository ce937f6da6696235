import CEos
import EosCore
import Glibc

/// A socket that is bound and listens, made here or handed over.
public struct ListeningSocket: Sendable {
    public enum Kind: Sendable { case unix, tcp }

    public let descriptor: Int32
    public let kind: Kind
    /// For people: a path, or "127.0.0.1:8080".
    public let name: String
    /// The socket file that goes with it; nil: somebody else's.
    let file: String?

    /// How many connections may wait to be accepted.
    private static let backlog: Int32 = 512

    /// A Unix socket of mode 0660.
    ///
    /// - Parameter group: owns the file; nil: the group of this process.
    /// - Throws: `EOS_E_STATE` where somebody listens there; `EOS_E_INVALID` where something else is there, or the path
    ///   is too long; `EOS_E_IO`.
    public static func unix(_ path: String, group: gid_t? = nil) throws(EosError) -> ListeningSocket {
        let address = try UnixAddress(path)
        try removeStale(path, address)
        let descriptor = try make(AF_UNIX)
        func check(_ result: Int32, _ what: String) throws(EosError) {
            guard result != 0 else { return }
            let reason = errno
            close(descriptor)
            throw EosError(EOS_E_IO, "\(path): \(what): \(String(cString: strerror(reason))); check its directory")
        }
        try check(address.with { bind(descriptor, $0, $1) }, "the socket can't be created")
        // Nobody can connect before it listens, so that the mode is right in time.
        try check(chmod(path, 0o660), "the mode can't be set")
        // Where nothing is to change, nothing is asked: a sandbox may forbid the call as such.
        var status = stat()
        if let group, stat(path, &status) != 0 || status.st_gid != group {
            try check(chown(path, uid_t.max, group), "the group can't be set to \(group)")
        }
        try check(listen(descriptor, backlog), "listening failed")
        return ListeningSocket(descriptor: descriptor, kind: .unix, name: path, file: path)
    }

    /// Takes a socket file away to which nobody listens any more, and nothing else.
    private static func removeStale(_ path: String, _ address: UnixAddress) throws(EosError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw EosError(EOS_E_INVALID, "\(path): this path exists and is not a socket; give another path")
        }
        let probe = try make(AF_UNIX)
        defer { close(probe) }
        // A full backlog answers EAGAIN at once, where a blocking socket would wait.
        _ = fcntl(probe, F_SETFL, O_NONBLOCK)
        if address.with({ connect(probe, $0, $1) }) == 0 || errno != ECONNREFUSED {
            throw EosError(
                EOS_E_STATE, "\(path): another process listens there already; stop that eosd, or give another path")
        }
        unlink(path)
    }

    /// TCP at every address that a host name stands for.
    ///
    /// - Parameters:
    ///   - port: 0: one that is free, of the first address only.
    ///   - anywhere: whether addresses beyond this machine are allowed.
    public static func tcp(_ host: String, port: Int, anywhere: Bool) throws(EosError) -> [ListeningSocket] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &hints, &list)
        guard status == 0 else {
            throw EosError(
                EOS_E_INVALID, "--listen \(host):\(port): \(String(cString: gai_strerror(status))); check the host")
        }
        defer { freeaddrinfo(list) }
        var sockets: [ListeningSocket] = []
        var failure = EosError(EOS_E_INVALID, "--listen \(host):\(port): this is not an address; check the host")
        for info in sequence(first: list!, next: { $0.pointee.ai_next }) {
            let name = InternetAddress.name(info.pointee.ai_addr)
            guard anywhere || InternetAddress.isLoopback(info.pointee.ai_addr) else {
                for socket in sockets { close(socket.descriptor) }
                throw EosError(
                    EOS_E_INVALID,
                    "--listen \(host):\(port): \(name) can be reached from other machines; use 127.0.0.1, or add "
                        + "--listen-anywhere and a proxy that encrypts")
            }
            do throws(EosError) { sockets.append(try tcp(info.pointee, name)) } catch { failure = error }
            if port == 0, !sockets.isEmpty { break }
        }
        guard !sockets.isEmpty else { throw failure }
        return sockets
    }

    private static func tcp(_ info: addrinfo, _ name: String) throws(EosError) -> ListeningSocket {
        let descriptor = try make(info.ai_family)
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if info.ai_family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, listen(descriptor, backlog) == 0 else {
            let reason = errno
            close(descriptor)
            throw EosError(
                EOS_E_IO, "--listen \(name): \(String(cString: strerror(reason))); give another port (0 for any)")
        }
        return ListeningSocket(
            descriptor: descriptor, kind: .tcp, name: InternetAddress.name(of: descriptor), file: nil)
    }

    /// A socket that was handed over by whoever started this process.
    ///
    /// - Throws: `EOS_E_INVALID` where it is no stream socket that listens.
    public static func inherited(_ descriptor: Int32) throws(EosError) -> ListeningSocket {
        guard option(descriptor, SO_ACCEPTCONN) == 1, option(descriptor, SO_TYPE) == Int32(SOCK_STREAM.rawValue) else {
            throw EosError(
                EOS_E_INVALID, "the descriptor \(descriptor) from systemd is not a listening stream socket")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        switch option(descriptor, SO_DOMAIN) {
        case AF_UNIX:
            return ListeningSocket(
                descriptor: descriptor, kind: .unix, name: UnixAddress.path(of: descriptor), file: nil)
        case AF_INET, AF_INET6:
            return ListeningSocket(
                descriptor: descriptor, kind: .tcp, name: InternetAddress.name(of: descriptor), file: nil)
        default:
            throw EosError(
                EOS_E_INVALID, "the descriptor \(descriptor) from systemd is neither a Unix socket nor TCP")
        }
    }

    private static func option(_ descriptor: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1
    }

    private static func make(_ family: Int32) throws(EosError) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw EosError(
                EOS_E_IO, "the socket can't be created: \(String(cString: strerror(errno))); check ulimit -n")
        }
        return descriptor
    }

    /// Takes the socket file away, where it is ours.
    func removeFile() {
        if let file { unlink(file) }
    }
}
