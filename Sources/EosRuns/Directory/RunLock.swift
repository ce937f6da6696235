import CEos
import EosCore
import Foundation

/// Held while a process works on a run: whoever holds it is alive, because the system lets go of it with the process.
public final class RunLock: Sendable {
    private let file: Int32

    /// - Throws: `EOS_E_STATE` where another process works on the run; `EOS_E_IO`.
    public init(_ directory: RunDirectory) throws(EosError) {
        file = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw EosError.file(directory.lock, errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.content(file)
            close(file)
            guard reason == EWOULDBLOCK else { throw EosError.file(directory.lock, reason) }
            throw EosError(
                EOS_E_STATE,
                "\(directory.path): another process\(holder) works on this run; wait for it or stop it first")
        }
        // For people only: the lock is what counts.
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
