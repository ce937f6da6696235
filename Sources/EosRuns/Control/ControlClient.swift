import CEos
import EosCore
import EosRunModel
import Glibc

/// A connection to the process that works on a run. One thread, but for `send` and `hangUp`.
public final class ControlClient: @unchecked Sendable {
    // Unchecked for the sake of these two, which use the descriptor only.
    private let file: Int32
    private var input: [UInt8] = []

    /// - Parameter patience: seconds to wait for an answer: a process that was halted gives none.
    /// - Throws: `EOS_E_STATE` where no process works on the run.
    public init(_ directory: RunDirectory, patience: Double = 60) throws(EosError) {
        file = try ControlSocket.connect(directory, patience: patience)
    }

    deinit { close(file) }

    /// Sends a request and waits for its answer.
    ///
    /// - Throws: what the other side refuses; `EOS_E_STATE` where it is gone.
    public func ask(_ request: ControlRequest) throws(EosError) -> ControlReply {
        try send(request)
        guard let reply = try next() else {
            throw EosError(EOS_E_STATE, "the process that trained the run has ended")
        }
        if case .refused(let error) = reply { throw error }
        return reply
    }

    public func send(_ request: ControlRequest) throws(EosError) {
        var rest = (Array(request.line.utf8) + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw EosError(EOS_E_STATE, "the process that trained the run has ended") }
            rest = rest.dropFirst(count)
        }
    }

    /// Whether the other side has said something, or is gone, within some seconds.
    public func hasNews(within seconds: Double) -> Bool {
        if input.contains(UInt8(ascii: "\n")) { return true }
        var entry = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(seconds * 1000)) > 0
    }

    /// The next line from the other side; nil where it is gone.
    ///
    /// - Throws: `EOS_E_FORMAT` for what is no reply.
    public func next() throws(EosError) -> ControlReply? {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            if let end = input.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(input[..<end])
                input.removeFirst(end + 1)
                return try ControlReply(line: line)
            }
            guard input.count < 1 << 22 else {
                throw EosError(EOS_E_FORMAT, "the process at control.sock of the run is not a worker of this version")
            }
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                throw EosError(EOS_E_STATE, "the process that trains the run does not answer; try again later")
            }
            guard count > 0 else { return nil }
            input += buffer[..<count]
        }
    }

    /// Ends a `next` that waits on another thread.
    public func hangUp() { shutdown(file, Int32(SHUT_RDWR)) }
}
