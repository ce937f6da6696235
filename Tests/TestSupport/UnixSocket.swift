import Glibc

/// Sockets on the file system, without anything of ours between them and a test.
public enum UnixSocket {
    /// A socket that is connected to `path`; nil: nobody listens there.
    public static func connected(to path: String) -> Int32? { made(path) { Glibc.connect($0, $1, $2) } }

    /// A socket that listens on `path`.
    public static func listening(on path: String) -> Int32? {
        made(path) { bind($0, $1, $2) == 0 ? listen($0, 8) : -1 }
    }

    private static func made(
        _ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32? {
        let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if status == 0 { return file }
        close(file)
        return nil
    }
}
