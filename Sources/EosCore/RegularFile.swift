import Glibc

/// A file with contents, open for reading.
///
/// What is found under a name may be something else: a FIFO makes its reader wait for ever, and a device may act on being
/// opened. So the kind is looked at before the file is opened, and again afterwards, since another file may have taken the
/// name by then.
public struct RegularFile: ~Copyable {
    public enum Fault: Error, Equatable {
        /// An errno.
        case system(Int32)
        /// "a FIFO".
        case kind(String)

        /// "is a FIFO, not a regular file".
        public var sentence: String {
            switch self {
            case .system(let number): "can't be opened: \(String(cString: strerror(number)))"
            case .kind(let kind): "is \(kind), not a regular file"
            }
        }
    }

    public let descriptor: Int32
    /// In bytes.
    public let size: Int
    public let device: UInt64
    public let inode: UInt64

    /// Follows symbolic links.
    public init(_ path: String) throws(Fault) {
        if let fault = Self.fault(path) { throw fault }
        // Not waiting for whatever may have taken its place.
        let file = ByteText.withBytes(of: path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        guard file >= 0 else { throw .system(errno) }
        var status = stat()
        let fault: Fault? = fstat(file, &status) == 0 ? Self.fault(status) : .system(errno)
        if let fault {
            close(file)
            throw fault
        }
        descriptor = file
        size = Int(status.st_size)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    deinit { close(descriptor) }

    /// Why there is no regular file at `path`; nil where there is one.
    public static func fault(_ path: String) -> Fault? {
        var status = stat()
        guard ByteText.withBytes(of: path, { stat($0, &status) }) == 0 else { return .system(errno) }
        return fault(status)
    }

    private static func fault(_ status: stat) -> Fault? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: .kind("a directory")
        case S_IFIFO: .kind("a FIFO")
        case S_IFSOCK: .kind("a socket")
        case S_IFCHR, S_IFBLK: .kind("a device")
        default: .kind("something")
        }
    }

    /// The first `limit` bytes, or all where there are fewer.
    public borrowing func read(atMost limit: Int) throws(Fault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + count, limit - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system(errno) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }
}
