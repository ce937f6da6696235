import CEos
import EosCore
import Glibc

/// `control.sock` of a run directory. The directory's path may be longer than an address can be, so that the socket is
/// named through a descriptor of the directory.
struct ControlSocket {
    static let name = "control.sock"
    private static let backlog: Int32 = 64

    /// A socket that listens; what an earlier process left there is replaced, so the caller holds the run's lock.
    static func listen(_ directory: RunDirectory) throws(EosError) -> Int32 {
        let path = "\(directory.path)/\(name)"
        return try withSocket(directory) { (file, address) throws(EosError) in
            guard unlink(path) == 0 || errno == ENOENT else { throw EosError.file(path, errno) }
            guard bindTo(file, address) == 0, chmod(path, 0o600) == 0, Glibc.listen(file, backlog) == 0 else {
                throw EosError.file(path, errno)
            }
        }
    }

    /// A socket that is connected to whoever works on the run.
    ///
    /// - Parameter patience: seconds for this and for every answer.
    /// - Throws: `EOS_E_STATE` where nobody listens.
    static func connect(_ directory: RunDirectory, patience: Double) throws(EosError) -> Int32 {
        try withSocket(directory) { (file, address) throws(EosError) in
            var time = timeval(tv_sec: Int(patience), tv_usec: Int(patience.truncatingRemainder(dividingBy: 1) * 1e6))
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(file, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
            }
            guard connectTo(file, address) == 0 else {
                let reason = errno
                if [ENOENT, ECONNREFUSED, ENOTSOCK, EAGAIN].contains(reason) {
                    throw EosError(
                        EOS_E_STATE, "\(directory.path): no process is training this run, or it does not answer")
                }
                throw EosError.file("\(directory.path)/\(name)", reason)
            }
        }
    }

    private static func withSocket(
        _ directory: RunDirectory, _ body: (Int32, sockaddr_un) throws(EosError) -> Void
    ) throws(EosError) -> Int32 {
        let parent = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw EosError.file(directory.path, errno) }
        defer { close(parent) }
        let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { throw EosError.file(directory.path, errno) }
        do throws(EosError) { try body(file, address("/proc/self/fd/\(parent)/\(name)")) } catch {
            close(file)
            throw error
        }
        return file
    }

    private static func address(_ path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return address
    }

    private static func bindTo(_ file: Int32, _ address: sockaddr_un) -> Int32 {
        withAddress(address) { bind(file, $0, $1) }
    }

    private static func connectTo(_ file: Int32, _ address: sockaddr_un) -> Int32 {
        withAddress(address) { pointer, size in
            var status: Int32
            repeat { status = Glibc.connect(file, pointer, size) } while status != 0 && errno == EINTR
            return status
        }
    }

    private static func withAddress(
        _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
