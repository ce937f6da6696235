import CEos
import EosCore
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
    private let child = Mutex<WorkerProcess?>(nil)

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
        if last.state.isSuccess { return .done(diverged: false, reason: last.reason) }
        guard last.state == .failed, last.exitCode == nil, hasDiverged(database) else { return nil }
        return .done(diverged: true, reason: last.reason)
    }

    private static func hasDiverged(_ database: RunDatabase) -> Bool {
        (try? database.facts())?[RunSession.stopFact] == "\(StopReason.nonfinite.rawValue)"
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
        child.withLock { if let worker = $0 { kill(pid_t(worker.number), SIGTERM) } }
    }

    /// How far it is, from 0 to 1; nil: not known.
    var progress: Double? {
        guard iterations > 0, let client = try? ControlClient(directory, patience: 1),
            case .status(let status)? = try? client.ask(.status)
        else { return nil }
        return min(Double(status.numbers.iteration) / Double(iterations), 1)
    }

    /// A worker of a reproduction that was killed.
    private func waitForAnother() {
        while RunLock.isHeld(directory), !cancelled.isCancelled { usleep(50_000) }
    }

    private func work() throws(EosError) -> WorkerLoss.Ending {
        let worker = try WorkerProcess(starting: directory, threads: 1)
        child.withLock { $0 = worker }
        // It may have been asked for before there was a worker to tell.
        if cancelled.isCancelled { interrupt() }
        worker.waitForEnd()
        child.withLock { $0 = nil }
        return worker.reap() ?? .unknown
    }

    private func reason(_ ending: WorkerLoss.Ending) throws(EosError) -> String {
        let last = try RunDatabase.open(directory, readOnly: true).lastState()
        if let last, last.state.isQuiet { return "\(last.state.rawValue): \(last.reason)" }
        return WorkerLoss.change(ending, CrashRecord(of: directory), .none).reason
    }
}
