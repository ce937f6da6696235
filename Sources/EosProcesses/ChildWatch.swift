import EosCore
import Glibc

/// Tells through a pipe that a child has ended, so that one poll waits for its output and for its end.
///
/// The child stays a zombie: until it is reaped, nobody else gets its number, and its group can be killed safely.
struct ChildWatch {
    private final class Task {
        let process: pid_t
        let descriptor: Int32

        init(_ process: pid_t, _ descriptor: Int32) {
            self.process = process
            self.descriptor = descriptor
        }
    }

    private var thread = pthread_t()

    /// Closes `descriptor` once `process` has ended; nil where there are no more threads.
    init?(_ process: pid_t, closing descriptor: Int32) {
        let task = Unmanaged.passRetained(Task(process, descriptor))
        let status = withOutsideSignalsBlocked {
            pthread_create(
                &thread, nil,
                { argument in
                    let task = Unmanaged<Task>.fromOpaque(argument!).takeRetainedValue()
                    var info = siginfo_t()
                    while waitid(P_PID, id_t(task.process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
                    close(task.descriptor)
                    return nil
                }, task.toOpaque())
        }
        guard status == 0 else {
            task.release()
            return nil
        }
    }

    /// Waits until the child has ended.
    func join() { pthread_join(thread, nil) }
}
