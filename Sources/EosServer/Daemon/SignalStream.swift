import Glibc

/// Signals as a sequence: they are blocked in every thread, and one thread waits for them.
public struct SignalStream: Sendable {
    public let signals: AsyncStream<Int32>

    /// Before any other thread is started: threads inherit what is blocked. Children are given an empty mask.
    public init(_ numbers: [Int32]) {
        nonisolated(unsafe) var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        signals = stream
        let waiting = set
        let box = Unmanaged.passRetained(Waiter(set: waiting, continuation: continuation))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { pointer in
                Unmanaged<Waiter>.fromOpaque(pointer!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "there is no thread to wait for signals; raise the limit (ulimit -u)")
        pthread_detach(thread)
    }

    private final class Waiter {
        private var set: sigset_t
        private let continuation: AsyncStream<Int32>.Continuation

        init(set: sigset_t, continuation: AsyncStream<Int32>.Continuation) {
            self.set = set
            self.continuation = continuation
        }

        func run() {
            while true {
                var number: Int32 = 0
                if sigwait(&set, &number) == 0 { continuation.yield(number) }
            }
        }
    }
}
