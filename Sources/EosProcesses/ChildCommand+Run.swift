import CEos
import EosCore
import Glibc

extension ChildCommand {
    /// Runs it to its end. [any thread]
    ///
    /// The child has a session and group of its own, no input, and its signals at their defaults. When it ends, or its
    /// time is up, all that is left of its group is killed: what a child leaves behind neither lives on nor keeps this
    /// call waiting through the pipes that it holds. Only a process that left the group for a session of its own stays.
    ///
    /// - Throws: `EOS_E_IO` where it can't be started.
    public func run() throws(EosError) -> ChildResult {
        var open: [Int32] = []
        defer { for descriptor in open { close(descriptor) } }
        func makePipe() throws(EosError) -> Pipe {
            let pipe = try Pipe()
            open += [pipe.reading, pipe.writing]
            return pipe
        }
        let pipes = [try makePipe(), try makePipe(), try makePipe()]
        let end = try makePipe()

        let started = monotonicTime()
        let process = try start(output: pipes[0], error: pipes[1], results: pipes[2])
        for pipe in pipes {
            close(pipe.writing)
            open.removeAll { $0 == pipe.writing }
        }
        guard let watch = ChildWatch(process, closing: end.writing) else {
            kill(-process, SIGKILL)
            _ = reap(process)
            throw EosError(EOS_E_IO, "\(program): no thread could be started to watch it; raise the limit (ulimit -u)")
        }
        open.removeAll { $0 == end.writing }

        var collectors = [
            Collector(pipes[0].reading, keeping: limits.text), Collector(pipes[1].reading, keeping: limits.text),
            Collector(pipes[2].reading, keeping: limits.results),
        ]
        let isInTime = collect(&collectors, until: end.reading, deadline: limits.seconds.map { started + $0 })
        // First the group, then the zombie that keeps its number.
        kill(-process, SIGKILL)
        watch.join()
        let seconds = monotonicTime() - started
        for index in collectors.indices { collectors[index].drain() }
        let status = reap(process)
        return ChildResult(
            ending: isInTime ? ChildResult.Ending(status) : .timedOut, output: collectors[0].capture,
            error: collectors[1].capture, results: collectors[2].capture, seconds: seconds)
    }

    /// Collects output until the child has ended (true) or the deadline is past (false).
    private func collect(_ collectors: inout [Collector], until end: Int32, deadline: Double?) -> Bool {
        while true {
            var entries = [pollfd(fd: end, events: Int16(POLLIN), revents: 0)]
            // A negative descriptor is passed over.
            entries += collectors.map { pollfd(fd: $0.isAtEnd ? -1 : $0.descriptor, events: Int16(POLLIN), revents: 0) }
            let left = deadline.map { $0 - monotonicTime() }
            if let left, left <= 0 { return false }
            let count = poll(&entries, nfds_t(entries.count), left.map { Int32(min($0 * 1000 + 1, 1e6)) } ?? -1)
            guard count > 0 else { continue }
            if entries[0].revents != 0 { return true }
            for index in collectors.indices where entries[index + 1].revents != 0 { collectors[index].readOnce() }
        }
    }

    private func reap(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}

extension ChildResult.Ending {
    /// From what waitpid gives: its macros are none that Swift sees.
    fileprivate init(_ status: Int32) {
        self = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(Signal(status & 0x7f))
    }
}

/// Reads a pipe and keeps the beginning.
private struct Collector {
    let descriptor: Int32
    private let limit: Int
    private var bytes: [UInt8] = []
    private var total = 0
    private(set) var isAtEnd = false

    init(_ descriptor: Int32, keeping limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    var capture: ChildResult.Capture { .init(bytes: bytes, total: total) }

    /// Takes what is there, at most a pipe's content; false where there is nothing (now, or any more).
    @discardableResult
    mutating func readOnce() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            var count = -1
            repeat { count = read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
            if count == 0 || count < 0 && errno != EAGAIN { isAtEnd = true }
            guard count > 0 else { return false }
            total += count
            bytes += buffer[..<min(count, max(0, limit - bytes.count))]
            return true
        }
    }

    /// Takes what the child left in the pipe. A process that escaped its group may write for ever: a pipe holds at most
    /// 1 MiB unless root says otherwise, so that a little more than that is enough.
    mutating func drain() {
        for _ in 0..<32 where !isAtEnd { if !readOnce() { return } }
    }
}
