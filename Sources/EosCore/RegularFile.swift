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

    /// Opens `path` for reading. Follows symbolic links.
    public init(_ path: String) throws(Fault) {
        let status: stat
        (descriptor, status) = try Self.openAndLook(path, O_RDONLY, 0)
        size = Int(status.st_size)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    deinit { close(descriptor) }

    /// A descriptor of the regular file at `path`, which the caller closes.
    ///
    /// - Parameters:
    ///   - flags: of open(2); with `O_CREAT` there need not be a file yet.
    ///   - mode: of a file that is made.
    public static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0o644) throws(Fault) -> Int32 {
        try openAndLook(path, flags, mode).descriptor
    }

    private static func openAndLook(
        _ path: String, _ flags: Int32, _ mode: mode_t
    ) throws(Fault) -> (descriptor: Int32, status: stat) {
        if let fault = Self.fault(path), flags & O_CREAT == 0 || fault != .system(ENOENT) { throw fault }
        // Not waiting for whatever may have taken its place.
        let flags = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let file = ByteText.withBytes(of: path) { Glibc.open($0, flags, mode) }
        guard file >= 0 else { throw .system(errno) }
        var status = stat()
        let fault: Fault? = fstat(file, &status) == 0 ? Self.fault(status) : .system(errno)
        if let fault {
            close(file)
            throw fault
        }
        return (file, status)
    }

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

    /// All of what is left.
    public borrowing func readAll() throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        try forEachPiece { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// What is left, in order and in pieces, so that no file is in memory as a whole.
    public borrowing func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(Fault) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let got = Glibc.read(descriptor, piece.baseAddress!, piece.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system(errno) }
            if got == 0 { return }
            body(UnsafeRawBufferPointer(rebasing: piece[..<got]))
        }
    }

    /// The bytes from `offset` on: `limit`, or as many as there are. Leaves alone where the other calls read.
    public borrowing func read(atMost limit: Int, from offset: Int) throws(Fault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + count, limit - count, off_t(offset + count))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system(errno) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }

    private static let pieceSize = 1 << 18

    /// The bytes of a small file; nil where there is none, or what is there is no regular file.
    public static func contents(_ path: String) -> [UInt8]? { try? RegularFile(path).readAll() }
}
