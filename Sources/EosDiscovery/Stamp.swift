import Glibc

/// What tells a file from the one that replaces it.
public struct Stamp: Codable, Hashable, Sendable {
    public let size: Int64
    public let inode: UInt64
    /// When it was last written, in nanoseconds since 1970.
    public let written: Int64

    /// nil where there is no such file.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        size = Int64(status.st_size)
        inode = UInt64(status.st_ino)
        written = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
