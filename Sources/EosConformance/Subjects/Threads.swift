import Glibc

/// What crosses to another thread although it is no Sendable: whoever makes one waits for the thread's end.
final class Handed<Content>: @unchecked Sendable {
    var content: Content
    init(_ content: Content) { self.content = content }
}

/// Runs body(0), body(1), ... on as many new threads, which begin together, and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping (Int) -> Void) {
    var threads: [pthread_t] = []
    let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)
    pthread_barrier_init(barrier, nil, UInt32(count))
    defer {
        pthread_barrier_destroy(barrier)
        barrier.deallocate()
    }
    for index in 0..<count {
        let job = Handed {
            pthread_barrier_wait(barrier)
            body(index)
        }
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Handed<() -> Void>>.fromOpaque(context!).takeRetainedValue().content()
                return nil
            }, Unmanaged.passRetained(job).toOpaque())
        // Those that were started wait at the barrier for ever: there is no way on.
        precondition(status == 0, "no thread can be started: \(String(cString: strerror(status)))")
        threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
}
