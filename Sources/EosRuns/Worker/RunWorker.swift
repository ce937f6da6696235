import CEos
import CEosGuard
import EosCore
import EosPluginHost
import EosProcesses
import EosRunModel
import Foundation

/// The process that executes one run: `eos-worker --run DIRECTORY [THREADS]`.
///
/// It records everything that happens to the run itself, and answers on the run's `control.sock`; whoever started it need
/// not be there any more.
public final class RunWorker: Sendable {
    public static let option = "--run"

    /// Exit statuses: the end is recorded; nothing could be recorded; another process works on the run.
    public enum Status {
        public static let recorded: Int32 = 0
        public static let unrecorded: Int32 = 1
        public static let taken: Int32 = 75
    }

    /// Background work gives way to what people wait for.
    public static let niceness: Int32 = 10
    private static let lockDescriptor: Int32 = 3

    private let directory: RunDirectory
    private let lock: RunLock
    private let log: RunLog
    private let board = StatusBoard(pid: Int(getpid()), StateChange(.starting, "the worker is starting"))

    /// - Parameter threads: for a spec that leaves their number open.
    public static func run(directory path: String, threads: Int) -> Never {
        ending_watch()
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, niceness)
        let status: Int32
        do throws(EosError) {
            let directory = try RunDirectory.open(path)
            let lock: RunLock
            if let inherited = RunLock(inherited: lockDescriptor, of: directory) {
                lock = inherited
            } else {
                do throws(EosError) { lock = try RunLock(directory, waiting: 2) } catch {
                    fail(error, error.status == EOS_E_STATE ? Status.taken : Status.unrecorded)
                }
            }
            do throws(EosError) { status = try RunWorker(directory, lock).work(threads) } catch {
                CrashRecord.leave("\(error)", in: directory)
                throw error
            }
        } catch {
            fail(error, Status.unrecorded)
        }
        ProcessEnd.exit(status)
    }

    private static func fail(_ error: EosError, _ status: Int32) -> Never {
        let text = "eos-worker: \(error)\n"
        _ = write(STDERR_FILENO, text, text.utf8.count)
        ProcessEnd.exit(status)
    }

    private init(_ directory: RunDirectory, _ lock: RunLock) throws(EosError) {
        self.directory = directory
        self.lock = lock
        log = try RunLog(directory)
    }

    private func work(_ threads: Int) throws(EosError) -> Int32 {
        try CrashRecord.arm(in: directory)
        try Descriptors.prepareForTraining()
        let watchdog = Watchdog(board) { [self] cause in abandon(cause) }
        let control = SettingGate()
        // Who finds a socket may send signals.
        watchSignals(watchdog)
        let server = try ControlServer(directory, board) { [self] in
            // Nothing can be recorded any more: SQLite's files may be others by now.
            CrashRecord.leave("a plugin closed files of the worker; it must close only its own files", in: directory)
            _exit(Status.unrecorded)
        } _: { [self] request, reply in
            handle(request, watchdog, control, reply)
        }
        defer { server.shutDown() }
        let session: RunSession
        do throws(EosError) { session = try makeSession(threads, watchdog) } catch {
            watchdog.end()
            return record(failure: error)
        }
        watchdog.attach(session.control)
        control.open(session.control)
        defer {
            control.close()
            watchdog.end()
        }
        do throws(EosError) {
            _ = try withLastWords(session.recordEnd) { () throws(EosError) in try session.run() }
            return Status.recorded
        } catch {
            // The session noted that the run pauses, as far as that went.
            Self.tell(error)
            if board.status.state.phase == .paused { return Status.recorded }
            CrashRecord.leave("\(error)", in: directory)
            return Status.unrecorded
        }
    }

    private func makeSession(_ threads: Int, _ watchdog: Watchdog) throws(EosError) -> RunSession {
        let (database, _) = try RunDatabase.openOrReplace(directory) { log.write(Int(EOS_LOG_WARNING), $0) }
        // Before any plugin may end the process: whoever looks after the run counts how often this came to nothing.
        try board.take(.begun("its worker is starting")) { (change) throws(EosError) in
            try database.record(StateRecord(change, iteration: try database.lastState()?.iteration ?? 0))
        }
        let snapshot = try PluginSnapshot(directory)
        try snapshot.check(Trust())
        let workbench = try Workbench(snapshot)
        let spec = try RunSpec(path: directory.spec, catalogue: workbench)
        watchdog.enforce(spec.limits, elapsed: try StartClock.now.elapsed(database))
        ProcessLimits.apply(spec.limits)
        let pluginLog = PluginLog()
        let host = workbench.makeHost(for: spec, threads: threads, directories: [directory.path], log: pluginLog)
        host.setWarning { [log] message in log.write(Int(EOS_LOG_WARNING), message) }
        let objective: any Objective
        do throws(EosError) { objective = try workbench.makeObjective(for: spec, host: host) } catch {
            throw EosError(Int(error.status), "[objective] \(error)")
        }
        ProcessEnd.keep(objective)
        let policy = try workbench.makePolicy(for: spec, host: host)
        ProcessEnd.keep(policy)
        let session = try RunSession.resume(
            spec, objective: objective, policy: policy,
            facts: workbench.facts(for: spec), directory: directory, lock: lock, board: board, isStarting: true,
            anew: true)
        session.connect(host, pluginLog, retuning: workbench.retuning(of: directory, host: host))
        return session
    }

    private func record(failure error: EosError) -> Int32 {
        let state: RunState =
            switch Int(error.status) {
            case EOS_E_MEMORY: .outOfMemory
            // Storage: it may work later.
            case EOS_E_IO: .paused
            default: .failed
            }
        return settle(StateChange(state, error.message), Int(EOS_LOG_ERROR), "\(error)")
    }

    /// - Returns: the exit status of the worker.
    private func settle(_ end: StateChange, _ level: Int, _ what: String) -> Int32 {
        log.write(level, "\(end.state.rawValue): \(what)")
        do throws(EosError) { try board.take(.settled(end), record: record) } catch {
            Self.tell(error)
            CrashRecord.leave("\(end.reason); this could not be recorded: \(error)", in: directory)
            return Status.unrecorded
        }
        return Status.recorded
    }

    private func record(_ change: StateChange) throws(EosError) {
        let database = try RunDatabase.open(directory, readOnly: false)
        board.follow(database)
        try database.record(StateRecord(change, iteration: board.status.numbers.iteration))
    }

    private static func tell(_ error: EosError) {
        let text = "eos-worker: \(error)\n"
        _ = write(STDERR_FILENO, text, text.utf8.count)
    }

    /// Ends the process in the middle of an evaluation. On the watchdog's thread.
    private func abandon(_ cause: StateChange) {
        _exit(settle(cause, Int(EOS_LOG_WARNING), cause.reason))
    }

    private func handle(
        _ request: ControlRequest, _ watchdog: Watchdog, _ gate: SettingGate,
        _ reply: @escaping @Sendable (ControlReply) -> Void
    ) {
        switch request {
        case .ask(let wish): reply(take(wish, watchdog))
        case .set(let assignments):
            gate.set(assignments) { error in reply(error.map { .refused($0) } ?? .done) }
        case .status, .watch:
            reply(.status(board.status))
        }
    }

    private func take(_ wish: RunWish, _ watchdog: Watchdog) -> ControlReply {
        do throws(EosError) {
            try board.take(.wished(wish), record: record) { watchdog.stop($0.end) }
        } catch { Self.tell(error) }
        return .done
    }

    /// SIGTERM and SIGINT end the process, not the run: whoever looks after it goes on with it later.
    private func watchSignals(_ watchdog: Watchdog) {
        let file = interrupts_open()
        guard file >= 0 else { return }
        Thread.detachNewThread { @Sendable in
            interrupts_admit()
            var byte: UInt8 = 0
            while true {
                let count = read(file, &byte, 1)
                if count == 1 {
                    watchdog.stop(
                        StateChange(.queued, "its worker was told to end (signal \(byte)); the run continues with eosd")
                    )
                } else if count == 0 || errno != EINTR {
                    return
                }
            }
        }
    }
}
