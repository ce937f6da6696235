import EosRuns
import Glibc
import Synchronization

/// The system calls of saving, counted from 1, with something done at one of them.
final class FaultyFiles: Sendable {
    enum Call: String, Sendable, CaseIterable {
        case open, write, fsync, close, rename, unlink
    }

    enum Fault: Sendable, Equatable {
        /// The call fails for this reason, and does nothing; a close has closed all the same.
        case reason(Int32)
        /// From this call on all but the cleaning up fail: the disk stays full.
        case reasonForGood(Int32)
        /// A signal comes in between, once.
        case interrupted
        /// A write takes a part.
        case short
        /// The process is killed once the call has been made.
        case killedAfter
    }

    private let made = Mutex<[Call]>([])
    private let position: Int
    private let fault: Fault

    /// - Parameter position: 0: never.
    init(_ fault: Fault = .short, at position: Int = 0) {
        self.position = position
        self.fault = fault
    }

    var calls: [Call] { made.withLock { $0 } }

    private func perform<Result: BinaryInteger & SignedInteger>(
        _ call: Call, _ body: (Bool) -> Result
    ) -> Result {
        let number = made.withLock { made in
            made.append(call)
            return made.count
        }
        let isHere = number == position && position > 0
        switch fault {
        case .reason(let reason) where isHere, .reasonForGood(let reason) where position > 0 && number >= position:
            if call == .unlink, fault == .reasonForGood(reason) { break }
            if call == .close { _ = body(false) }
            errno = reason
            return -1
        case .interrupted where isHere:
            if call == .close { _ = body(false) }
            errno = EINTR
            return -1
        case .killedAfter where isHere:
            _ = body(false)
            kill(getpid(), SIGKILL)
        case .short where isHere: return body(true)
        default: break
        }
        return body(false)
    }

    var operations: FileOperations {
        let system = FileOperations.system
        return FileOperations(
            open: { path, flags, mode in self.perform(.open) { _ in system.open(path, flags, mode) } },
            write: { file, bytes in
                self.perform(.write) { isShort in
                    let count = isShort ? (bytes.count + 1) / 2 : bytes.count
                    return system.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
                }
            },
            fsync: { file in self.perform(.fsync) { _ in system.fsync(file) } },
            close: { file in self.perform(.close) { _ in system.close(file) } },
            rename: { from, to in self.perform(.rename) { _ in system.rename(from, to) } },
            unlink: { path in self.perform(.unlink) { _ in system.unlink(path) } })
    }
}
