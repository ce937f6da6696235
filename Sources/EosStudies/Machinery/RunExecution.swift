import CEos
import EosCore
import EosProcesses
import EosRuns
import Foundation
import Synchronization

/// One training in the hands of a worker process.
///
/// A worker has a session of its own and goes on when this process is killed: whoever comes next waits for it.
final class RunExecution: Sendable {
    enum Outcome: Sendable {
        case done(diverged: Bool, reason: String)
        case broken(String)
        case interrupted
    }

    /// In the facts of a run: what it depends on.
    static let stampFact = "study.stamp"

    let directory: RunDirectory
    private let iterations: Int
    private let cancelled: Cancellation
    private let child = Mutex<pid_t?>(nil)

    init(_ directory: RunDirectory, iterations: Int, _ cancelled: Cancellation) {
        self.directory = directory
        self.iterations = iterations
        self.cancelled = cancelled
    }

    /// What the records say of a run that nobody works on; nil: it has not come to its end.
    static func outcome(_ directory: RunDirectory) -> Outcome? {
        guard !RunLock.isHeld(directory), let database = try? RunDatabase.open(directory, readOnly: true),
            let last = try? database.lastState()
        else { return nil }
        switch last.state {
        case .converged, .budgetExhausted: return .done(diverged: false, reason: last.reason)
        case .failed where last.exitCode == nil && hasDiverged(database):
            return .done(diverged: true, reason: last.reason)
        default: return nil
        }
    }

    private static func hasDiverged(_ database: RunDatabase) -> Bool {
        (try? database.facts())?[RunSession.stopFact] == "\(EOS_STOP_NONFINITE)"
    }

    /// Executes it to its end, or goes on with it.
    func execute() -> Outcome {
        do throws(EosError) {
            waitForAnother()
            if let outcome = Self.outcome(directory) { return outcome }
            if cancelled.isCancelled { return .interrupted }
            let ending = try work()
            if let outcome = Self.outcome(directory) { return outcome }
            if cancelled.isCancelled { return .interrupted }
            return .broken(try reason(ending))
        } catch {
            return .broken("\(error)")
        }
    }

    /// Asks the worker to save and end.
    func interrupt() {
        if let worker = child.withLock({ $0 }) { kill(worker, SIGTERM) }
    }

    /// How far it is, from 0 to 1; nil: not known.
    var progress: Double? {
        guard iterations > 0, let client = try? ControlClient(directory, patience: 1),
            case .status(let status)? = try? client.ask(.status)
        else { return nil }
        return min(Double(status.iteration) / Double(iterations), 1)
    }

    /// A worker of a reproduction that was killed.
    private func waitForAnother() {
        while RunLock.isHeld(directory), !cancelled.isCancelled { usleep(50_000) }
    }

    private func work() throws(EosError) -> WorkerLoss.Ending {
        // The worker inherits the lock: at no moment could a second one be started.
        let lock = try RunLock(directory, waiting: 2)
        let log = open(directory.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else {
            throw EosError(EOS_E_IO, "\(directory.log): \(String(cString: strerror(errno)))")
        }
        defer { close(log) }
        // Of the worker before.
        unlink(directory.end)
        let command = ChildCommand(
            try WorkerProgram.path(), [RunWorker.option, directory.path, "1"], directory: directory.path,
            limits: ChildCommand.Limits(seconds: nil))
        let worker = pid_t(
            try command.startDetached(log: log, handing: lock.descriptor, niceness: RunWorker.niceness))
        withExtendedLifetime(lock) {}
        child.withLock { $0 = worker }
        // It may have been asked for before there was a worker to tell.
        if cancelled.isCancelled { interrupt() }
        return wait(worker)
    }

    private func wait(_ worker: pid_t) -> WorkerLoss.Ending {
        var information = siginfo_t()
        // Looked at first, reaped last: in between its number is no other's.
        while waitid(P_PID, id_t(worker), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        child.withLock { $0 = nil }
        // What a plugin started and left behind.
        kill(-worker, SIGKILL)
        var status: Int32 = 0
        while waitpid(worker, &status, 0) < 0 { guard errno == EINTR else { return .unknown } }
        return status & 0x7f == 0 ? .exited(Int(status >> 8 & 0xff)) : .signalled(Int(status & 0x7f))
    }

    private func reason(_ ending: WorkerLoss.Ending) throws(EosError) -> String {
        let last = try RunDatabase.open(directory, readOnly: true).lastState()
        if let last, last.state.isEnd || last.state == .paused { return "\(last.state.rawValue): \(last.reason)" }
        return WorkerLoss(ending, CrashRecord(of: directory), .none).reason
    }
}
