import Glibc

/// Standard output of a program: written whole, or not without an error.
public struct StandardOutput: Sendable {
    /// Why something could not be written.
    public struct Failure: Error, Sendable {
        /// An errno.
        public let number: Int32

        /// Whoever read has gone, as `head` does: nothing to complain about.
        public var isQuiet: Bool { number == EPIPE }

        public var message: String {
            let reason = number == EBADF ? "it is closed" : String(cString: strerror(number))
            return "standard output can't be written: \(reason); the output is incomplete"
        }

        /// 1, or what a shell shows for SIGPIPE.
        public var status: Int32 { isQuiet ? 128 + SIGPIPE : 1 }
    }

    /// Negative where it is closed.
    public let descriptor: Int32

    public init(_ descriptor: Int32 = STDOUT_FILENO) { self.descriptor = descriptor }

    /// From here on, a write to a pipe without a reader or beyond a limit of the file size is an error, not the end of
    /// the process. Sockets behave alike.
    public static func reportErrors() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    public func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

    public func write(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            // Whoever shares it made it return at once.
            case EAGAIN:
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            case let number: throw Failure(number: number)
            }
        }
    }

    /// Closes it, which tells of errors that file systems over a network keep until then. Nothing is written afterwards.
    public func close() throws(Failure) {
        guard descriptor >= 0 else { return }
        // Of a descriptor that was closed already, nothing can be said.
        if Glibc.close(descriptor) != 0, errno != EINTR, errno != EBADF { throw Failure(number: errno) }
    }
}
