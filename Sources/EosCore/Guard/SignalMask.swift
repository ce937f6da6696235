import Glibc

/// Runs `body`, which starts threads, with the signals blocked that come from outside: new threads inherit that, so that
/// handlers run on threads of the program. Faults of their own still come to them.
public func withOutsideSignalsBlocked<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    var outside = sigset_t()
    var before = sigset_t()
    sigfillset(&outside)
    for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&outside, fault) }
    pthread_sigmask(SIG_SETMASK, &outside, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
}
