import EosCore
import EosProcesses
import Glibc

/// A worker that this process has started. It is started, handed its lock and reaped here and nowhere else.
///
/// A worker has a session of its own, holds its run's lock from its first moment on and lives on without its starter.
public struct WorkerProcess: Sendable {
    public let number: Int
    private let directory: RunDirectory

    /// - Parameters:
    ///   - threads: for a spec that leaves their number open.
    ///   - environment: added to that of this process; nil takes a variable away.
    /// - Throws: `EOS_E_STATE` where another process works on the run; `EOS_E_IO`, `EOS_E_NOT_FOUND` where no worker can
    ///   be started.
    public init(
        starting directory: RunDirectory, threads: Int, environment: [String: String?] = [:]
    ) throws(EosError) {
        // The worker inherits the lock: at no moment could a second one be started.
        let lock = try RunLock(directory, waiting: 2)
        let log = try RunLog.descriptor(directory)
        defer { close(log) }
        // Of the worker before: what it left is in the records by now.
        unlink(directory.end)
        let command = ChildCommand(
            try WorkerProgram.path(), [RunWorker.option, directory.path, String(threads)], environment: environment,
            directory: directory.path, limits: ChildCommand.Limits(seconds: nil))
        number = try command.startDetached(log: log, handing: lock.descriptor, niceness: RunWorker.niceness)
        withExtendedLifetime(lock) {}
        self.directory = directory
    }

    /// Returns when the process has ended. Its number stays its own until it is reaped.
    public func waitForEnd() { _ = look(0) }

    /// Takes note of the end, and ends what the worker started and left behind: that keeps neither lock nor processor.
    ///
    /// - Returns: how the worker ended; nil: it goes on.
    public func reap() -> WorkerLoss.Ending? {
        guard let isOurs = look(WNOHANG) else { return nil }
        // Somebody else reaped it: only the lock tells whether it goes on.
        if !isOurs, RunLock.isHeld(directory) { return nil }
        kill(-pid_t(number), SIGKILL)
        guard isOurs else { return .unknown }
        var status: Int32 = 0
        while waitpid(pid_t(number), &status, 0) < 0 { guard errno == EINTR else { return .unknown } }
        return status & 0x7f == 0 ? .exited(Int(status >> 8 & 0xff)) : .signalled(Int(status & 0x7f))
    }

    /// - Returns: whether an ended child is there to be reaped; nil: it has not ended.
    private func look(_ options: Int32) -> Bool? {
        var information = siginfo_t()
        while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT | options) != 0 {
            guard errno == EINTR else { return false }
        }
        return information.si_signo == 0 ? nil : true
    }
}
