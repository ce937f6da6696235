import CEos
import EosCore
import EosRunModel
import Glibc
import Synchronization

/// Answers on `control.sock` while a process works on a run, on a thread of its own.
public final class ControlServer: Sendable {
    /// Does what is asked. On the server's thread: it must not take long; `reply` may be called later, on any thread, once.
    public typealias Handler = @Sendable (ControlRequest, _ reply: @escaping @Sendable (ControlReply) -> Void) -> Void

    /// Seconds between looks at what watchers are to be told.
    private static let interval = 0.2
    private static let mostClients = 64

    private let directory: RunDirectory
    private let listener: Int32
    private let wakeRead: Int32
    private let wakeWrite: Int32
    private let board: StatusBoard
    private let handler: Handler
    private let lost: @Sendable () -> Void
    private let mailbox = Mutex<[(client: Int, reply: ControlReply)]>([])
    private let isClosing = Atomic(false)
    private let thread = Mutex<pthread_t?>(nil)

    /// Listens from here on. The caller holds the run's lock.
    ///
    /// - Parameter lost: called where something in the process has closed the socket: other files are gone then, too.
    public init(
        _ directory: RunDirectory, _ board: StatusBoard, lost: @escaping @Sendable () -> Void = {},
        _ handler: @escaping Handler
    ) throws(EosError) {
        self.directory = directory
        self.board = board
        self.handler = handler
        self.lost = lost
        listener = try ControlSocket.listen(directory)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            let reason = errno
            close(listener)
            throw EosError.file("\(directory.path)/\(ControlSocket.name)", reason)
        }
        (wakeRead, wakeWrite) = (ends[0], ends[1])
        for file in [listener, wakeRead, wakeWrite] { makeOurs(file) }
        guard let started = startThread({ [self] in serve() }) else {
            throw EosError(
                EOS_E_IO, "\(directory.path): starting a thread for the control socket failed; raise ulimit -u")
        }
        thread.withLock { $0 = started }
    }

    deinit {
        for file in [listener, wakeRead, wakeWrite] { close(file) }
    }

    /// Tells watchers now, not only at the next look.
    public func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(wakeWrite, &byte, 1)
    }

    /// Answers what was asked, tells watchers how it stands, and ends.
    public func shutDown() {
        guard !isClosing.exchange(true, ordering: .acquiringAndReleasing) else { return }
        wake()
        if let thread = thread.withLock({ $0 }) { pthread_join(thread, nil) }
        unlink("\(directory.path)/\(ControlSocket.name)")
    }

    private func serve() {
        var clients: [Int: Client] = [:]
        var nextClient = 0
        var lastTold = 0.0
        var lastChanges = -1
        while true {
            let watched = clients.values.contains { $0.isWatching }
            wait(clients, atMost: watched ? Self.interval : nil)
            let closing = isClosing.load(ordering: .acquiring)
            while let file = acceptOne() {
                guard clients.count < Self.mostClients else {
                    close(file)
                    continue
                }
                clients[nextClient] = Client(file)
                nextClient += 1
            }
            for number in clients.keys.sorted() { receive(number, &clients[number]!) }
            let replies = mailbox.withLock { box in
                defer { box = [] }
                return box
            }
            for (number, reply) in replies { clients[number]?.answer(reply) }
            let changes = board.changes
            if closing || changes != lastChanges || monotonicTime() - lastTold >= Self.interval {
                lastTold = monotonicTime()
                lastChanges = changes
                let line = ControlReply.status(board.status).line
                for number in clients.keys where clients[number]!.isWatching { clients[number]!.tell(line) }
            }
            for number in clients.keys { clients[number]!.send() }
            for (number, client) in clients where client.isDone || closing {
                close(client.file)
                clients[number] = nil
            }
            if closing { return }
        }
    }

    private func wait(_ clients: [Int: Client], atMost seconds: Double?) {
        var entries = [
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0),
        ]
        entries += clients.values.map {
            pollfd(fd: $0.file, events: Int16($0.hasOutput ? POLLIN | POLLOUT : POLLIN), revents: 0)
        }
        _ = poll(&entries, nfds_t(entries.count), seconds.map { Int32($0 * 1000) } ?? -1)
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeRead, &bytes, bytes.count) > 0 {}
    }

    private func acceptOne() -> Int32? {
        let file = accept(listener, nil, nil)
        guard file >= 0 else {
            if errno == EBADF || errno == ENOTSOCK { lost() }
            return nil
        }
        makeOurs(file)
        return file
    }

    private func receive(_ number: Int, _ client: inout Client) {
        for line in client.receive() {
            let request: ControlRequest
            do throws(EosError) { request = try ControlRequest(line: line) } catch {
                client.refuse(error)
                continue
            }
            client.awaited += 1
            switch request {
            case .status:
                client.answer(.status(board.status))
            case .watch:
                client.isWatching = true
                client.answer(.status(board.status))
            default:
                handler(request) { [weak self] reply in
                    self?.mailbox.withLock { $0.append((number, reply)) }
                    self?.wake()
                }
            }
        }
    }
}

/// Neither inherited by programs that a plugin starts, nor waited for.
private func makeOurs(_ file: Int32) {
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    _ = fcntl(file, F_SETFL, O_NONBLOCK)
}

/// A connection: lines that come in, lines that go out.
private struct Client {
    /// Lines that wait for a client that does not read; more, and it is given up.
    private static let mostOutput = 1 << 20

    let file: Int32
    var isWatching = false
    /// Requests without an answer.
    var awaited = 0
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var hasEnded = false
    private var isBroken = false

    init(_ file: Int32) { self.file = file }

    var hasOutput: Bool { !output.isEmpty }
    var isDone: Bool { isBroken || hasEnded && output.isEmpty && awaited == 0 }

    /// The lines that are whole.
    mutating func receive() -> [[UInt8]] {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        // One line's length at a time: nobody fills the memory.
        while input.count < ControlRequest.mostBytes {
            let count = read(file, &buffer, buffer.count)
            if count > 0 {
                input += buffer[..<count]
                continue
            }
            if count == 0 || errno != EAGAIN && errno != EINTR { hasEnded = true }
            break
        }
        var lines: [[UInt8]] = []
        while let end = input.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(Array(input[..<end]))
            input.removeFirst(end + 1)
        }
        if input.count >= ControlRequest.mostBytes {
            refuse(
                EosError(
                    EOS_E_FORMAT, "the request is longer than \(ControlRequest.mostBytes - 1) bytes; send shorter lines"
                ))
            hasEnded = true
            input = []
        }
        return lines
    }

    mutating func answer(_ reply: ControlReply) {
        awaited -= 1
        tell(reply.line)
    }

    mutating func refuse(_ error: EosError) { tell(ControlReply.refused(error).line) }

    mutating func tell(_ line: String) {
        output += Array(line.utf8) + [UInt8(ascii: "\n")]
        if output.count > Self.mostOutput { isBroken = true }
    }

    mutating func send() {
        while !output.isEmpty, !isBroken {
            let count = output.withUnsafeBytes {
                Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                output.removeFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                isBroken = true
            }
        }
    }
}
