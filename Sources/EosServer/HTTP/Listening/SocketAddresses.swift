import CEos
import EosCore
import Glibc

/// The address of a Unix socket: a path, or a name without a file where it starts with '@'.
struct UnixAddress {
    private var address = sockaddr_un()
    private let length: socklen_t

    /// - Throws: `EOS_E_INVALID` where it is longer than the system takes.
    init(_ path: String) throws(EosError) {
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room else {
            throw EosError(
                EOS_E_INVALID,
                "\"\(path)\" has \(bytes.count) bytes, but the path of a socket must have 1 to \(room - 1) bytes; give a "
                    + "shorter path")
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            target.copyBytes(from: bytes)
            if bytes[0] == UInt8(ascii: "@") { target[0] = 0 }
        }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
        length = socklen_t(start + bytes.count + (bytes[0] == UInt8(ascii: "@") ? 0 : 1))
    }

    func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// Where a socket is bound.
    static func path(of descriptor: Int32) -> String {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { return "a socket without a name" }
        let count = max(0, Int(length) - MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!)
        return withUnsafeBytes(of: address.sun_path) { bytes in
            let name = bytes.prefix(count)
            if name.first == 0 { return "@" + String(decoding: name.dropFirst(), as: UTF8.self) }
            return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// Addresses of TCP.
enum InternetAddress {
    /// "127.0.0.1:8080", "[::1]:8080".
    static func name(_ address: UnsafePointer<sockaddr>) -> String {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let isSix = Int32(address.pointee.sa_family) == AF_INET6
        let size = isSix ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        getnameinfo(
            address, socklen_t(size), &host, socklen_t(host.count), &port, socklen_t(port.count),
            NI_NUMERICHOST | NI_NUMERICSERV)
        let text = [host, port].map { String(decoding: $0.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) }
        return isSix ? "[\(text[0])]:\(text[1])" : "\(text[0]):\(text[1])"
    }

    /// Where a socket is bound.
    static func name(of descriptor: Int32) -> String {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length) == 0 ? name($0) : "a socket without a name"
            }
        }
    }

    static func isLoopback(_ address: UnsafePointer<sockaddr>) -> Bool {
        if Int32(address.pointee.sa_family) == AF_INET6 {
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0[15] == 1 }
            }
        }
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127
        }
    }
}
