import Glibc

private final class Job {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
}

/// Starts a thread of the program's own. Signals from outside go to other threads.
///
/// - Parameter body: crosses to the thread although it need not be Sendable: it is called once, there.
/// - Returns: the thread, which the caller joins or detaches; nil where the system has no more, and `errno` says why.
public func startThread(_ body: @escaping () -> Void) -> pthread_t? {
    let job = Unmanaged.passRetained(Job(body))
    var thread = pthread_t()
    let status = withOutsideSignalsBlocked {
        pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Job>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, job.toOpaque())
    }
    guard status == 0 else {
        job.release()
        errno = status
        return nil
    }
    return thread
}
