import CEos
import CEosGuard
import EosCore
import EosProcesses
import EosRunModel
import Foundation

/// Held while a process works on a run: whoever holds it is alive, because the system lets go of it with the process.
public final class RunLock: Sendable {
    private let file: Int32

    /// - Parameter seconds: how long to wait for another process to let go of it.
    /// - Throws: `EOS_E_STATE` where another process works on the run; `EOS_E_IO`.
    public init(_ directory: RunDirectory, waiting seconds: Double = 0) throws(EosError) {
        file = try openFile(directory.lock, O_RDWR | O_CREAT)
        let deadline = monotonicTime() + seconds
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            if reason == EINTR { continue }
            if reason == EWOULDBLOCK, monotonicTime() < deadline {
                usleep(10_000)
                continue
            }
            let holder = Self.content(file)
            close(file)
            guard reason == EWOULDBLOCK else { throw EosError.file(directory.lock, reason) }
            throw EosError(
                EOS_E_STATE,
                "\(directory.path): another process\(holder) is training this run; wait for it or stop it first")
        }
        sign()
    }

    /// Takes over the lock that the process was started with: whoever started it held it until then, so that at no moment
    /// nobody does.
    ///
    /// - Parameter descriptor: is closed where it is another file.
    public init?(inherited descriptor: Int32, of directory: RunDirectory) {
        var own = stat()
        var named = stat()
        // An open file has one lock, however many descriptors: taking it again succeeds for the one that holds it.
        guard fstat(descriptor, &own) == 0, stat(directory.lock, &named) == 0, own.st_ino == named.st_ino,
            own.st_dev == named.st_dev, flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return nil }
        let moved = Descriptors.lift(descriptor)
        guard moved >= 0 else { return nil }
        close(descriptor)
        file = moved
        // Or what a plugin starts would keep it.
        forks_forget(file)
        sign()
    }

    /// For a child that is to hold it, too.
    public var descriptor: Int32 { file }

    /// Whether some process holds the lock of a run.
    public static func isHeld(_ directory: RunDirectory) -> Bool {
        guard let file = try? openFile(directory.lock, O_RDONLY) else { return false }
        defer { close(file) }
        // Shared, so that two who look at the same moment do not take each other for one who works.
        return flock(file, LOCK_SH | LOCK_NB) != 0
    }

    /// The process that took the lock last, for people and for signals; nil: nobody did.
    public static func holder(_ directory: RunDirectory) -> Int? {
        guard let file = try? openFile(directory.lock, O_RDONLY) else { return nil }
        defer { close(file) }
        return Int(content(file).filter(\.isNumber))
    }

    /// For people only: the lock is what counts.
    private func sign() {
        let text = "\(getpid())\n"
        if ftruncate(file, 0) == 0 { _ = pwrite(file, text, text.utf8.count, 0) }
    }

    deinit { close(file) }

    private static func content(_ file: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &buffer, buffer.count, 0)
        let digits = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self).prefix { $0.isNumber }
        return digits.isEmpty ? "" : " (\(digits))"
    }
}
