import EosProcesses
import Glibc

/// Signals as a sequence: they are blocked in every thread, and one thread waits for them.
public struct SignalStream: Sendable {
    public let signals: AsyncStream<Int32>

    /// Before any other thread is started: threads inherit what is blocked. Children are given an empty mask.
    public init(_ numbers: [Int32]) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        signals = stream
        BackgroundQueue.thread { [set] in
            var (set, number) = (set, Int32(0))
            while true { if sigwait(&set, &number) == 0 { continuation.yield(number) } }
        }
    }
}
