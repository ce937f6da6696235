import EosCore
import Glibc

/// A worker's side of descriptor 3, on which its parent waits for results.
///
/// It ends the worker, and all that it started, when the parent is gone: nobody else would stop a plugin that hangs.
public final class ResultChannel: Sendable {
    private let descriptor: Int32

    /// Takes descriptor 3 out of the way of code that is loaded later. Without one, for those who try the worker by hand,
    /// results go to standard output.
    public init() {
        let moved = Descriptors.lift(3)
        descriptor = moved >= 0 ? moved : STDOUT_FILENO
        guard moved >= 0 else { return }
        close(3)
        var noCore = rlimit()
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &noCore)
        let thread = startThread {
            // Without events to wait for, poll tells of one thing: that nobody reads any more.
            var entry = pollfd(fd: moved, events: 0, revents: 0)
            while poll(&entry, 1, -1) <= 0 {}
            kill(0, SIGKILL)
        }
        if let thread { pthread_detach(thread) }
    }

    /// Writes a line of results.
    public func send(_ line: some Collection<UInt8>) {
        var rest = (Array(line) + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
