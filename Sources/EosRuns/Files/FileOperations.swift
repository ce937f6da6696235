import CEos
import EosCore
import Glibc

/// The calls into the system that saving depends on, so that a test can make each of them fail.
public struct FileOperations: Sendable {
    /// As the system calls of the same names: negative results leave the reason in `errno`.
    public var open: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32
    public var write: @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    public var fsync: @Sendable (_ file: Int32) -> Int32
    public var close: @Sendable (_ file: Int32) -> Int32
    public var rename: @Sendable (_ from: String, _ to: String) -> Int32
    public var unlink: @Sendable (_ path: String) -> Int32

    public init(
        open: @escaping @Sendable (String, Int32, mode_t) -> Int32,
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int,
        fsync: @escaping @Sendable (Int32) -> Int32, close: @escaping @Sendable (Int32) -> Int32,
        rename: @escaping @Sendable (String, String) -> Int32, unlink: @escaping @Sendable (String) -> Int32
    ) {
        self.open = open
        self.write = write
        self.fsync = fsync
        self.close = close
        self.rename = rename
        self.unlink = unlink
    }

    public static let system = FileOperations(
        open: { Glibc.open($0, $1, $2) }, write: { Glibc.write($0, $1.baseAddress, $1.count) },
        fsync: { Glibc.fsync($0) }, close: { Glibc.close($0) }, rename: { Glibc.rename($0, $1) },
        unlink: { Glibc.unlink($0) })
}

extension FileOperations {
    /// What the name of a file ends with until it is whole.
    static let partial = ".partial"

    /// Replaces the file at `path` by what `body` writes, or leaves it as it was: written beside it, synchronised,
    /// renamed, and the directory synchronised, so that a crash at any moment leaves a whole file.
    ///
    /// - Throws: `EOS_E_IO` with path, reason and remedy; what `body` throws.
    func replace(
        _ path: String,
        _ body: ((UnsafeRawBufferPointer) throws(EosError) -> Void) throws(EosError) -> Void
    ) throws(EosError) {
        let temporary = path + Self.partial
        // Not waiting: a FIFO may have taken the place of what a write left that was cut off.
        let file = untilDone { open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o644) }
        guard file >= 0 else { throw EosError.file(temporary, errno) }
        do throws(EosError) {
            do throws(EosError) {
                try body { (bytes) throws(EosError) in try writeAll(file, bytes, path: temporary) }
                guard untilDone({ fsync(file) }) == 0 else { throw EosError.file(temporary, errno) }
            } catch {
                _ = close(file)
                throw error
            }
            // An interrupted close has closed on Linux, and the file was synchronised before.
            guard close(file) == 0 || errno == EINTR else { throw EosError.file(temporary, errno) }
            guard rename(temporary, path) == 0 else { throw EosError.file(path, errno) }
        } catch {
            _ = unlink(temporary)
            throw error
        }
        try synchronise(directory: directoryName(path))
    }

    func replace(_ path: String, with text: String) throws(EosError) {
        try replace(path) { (sink) throws(EosError) in
            let bytes = Array(text.utf8)
            var failure: EosError?
            bytes.withUnsafeBytes { bytes in
                do throws(EosError) { try sink(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
        }
    }

    /// Makes names that were created or renamed in a directory survive a loss of power.
    func synchronise(directory: String) throws(EosError) {
        let file = untilDone { open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        guard file >= 0 else { throw EosError.file(directory, errno) }
        let failed = untilDone { fsync(file) } != 0
        let reason = errno
        _ = close(file)
        // Some file systems can't synchronise a directory and say so; they have nothing better to offer.
        if failed, reason != EINVAL { throw EosError.file(directory, reason) }
    }

    private func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer, path: String) throws(EosError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(file, UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30)))
            if count < 0 {
                if errno == EINTR { continue }
                throw EosError.file(path, errno)
            }
            // A file that takes nothing and gives no reason would be waited for without end.
            guard count > 0 else { throw EosError.file(path, EIO) }
            rest = rest.dropFirst(count)
        }
    }

    /// A signal may interrupt a call that then did nothing.
    private func untilDone(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}

extension EosError {
    /// What the system said about a file, and what helps.
    static func file(_ path: String, _ reason: Int32) -> EosError {
        let text = String(cString: strerror(reason))
        let remedy: String? =
            switch reason {
            case ENOSPC, EDQUOT: "free some space and continue with --resume"
            case EFBIG: "the file size is limited (ulimit -f); raise the limit and continue with --resume"
            case EACCES, EPERM: "choose a directory that you may write to, or change its permissions"
            case EROFS: "choose a directory on a writable file system"
            case EMFILE, ENFILE: "too many files are open (ulimit -n); close some files or raise the limit"
            case ENOENT, ENOTDIR: "check the path"
            default: nil
            }
        let status = reason == ENOENT || reason == ENOTDIR ? EOS_E_NOT_FOUND : EOS_E_IO
        return EosError(status, "\(path): \(text)" + (remedy.map { "; \($0)" } ?? ""))
    }
}

extension EosError {
    /// Why there is no regular file at `path`, and what helps.
    static func file(_ path: String, _ fault: RegularFile.Fault) -> EosError {
        switch fault {
        case .system(let reason): .file(path, reason)
        case .kind:
            EosError(EOS_E_IO, "\(path): \(fault.sentence); replace it by a regular file, or give another path")
        }
    }
}

/// A descriptor of the regular file at `path`, which the caller closes; `flags` are those of open(2).
func openFile(_ path: String, _ flags: Int32) throws(EosError) -> Int32 {
    do throws(RegularFile.Fault) { return try RegularFile.open(path, flags) } catch { throw EosError.file(path, error) }
}

/// "/a" of "/a/b".
func directoryName(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
