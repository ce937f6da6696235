import EosCore
import Glibc

/// Tells through a pipe that a child has ended, so that one poll waits for its output and for its end.
///
/// The child stays a zombie: until it is reaped, nobody else gets its number, and its group can be killed safely.
struct ChildWatch {
    private let thread: pthread_t

    /// Closes `descriptor` once `process` has ended; nil where there are no more threads.
    init?(_ process: pid_t, closing descriptor: Int32) {
        let thread = startThread {
            var info = siginfo_t()
            while waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            close(descriptor)
        }
        guard let thread else { return nil }
        self.thread = thread
    }

    /// Waits until the child has ended.
    func join() { pthread_join(thread, nil) }
}
