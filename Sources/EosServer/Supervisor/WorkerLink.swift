import EosCore
import EosProcesses
import EosRunModel
import EosRuns
import Foundation
import Synchronization

/// Follows one worker from its start, or from its adoption, to its end, on a thread of its own.
final class WorkerLink: Sendable {
    private struct State {
        var client: ControlClient?
        /// What the worker is asked for, until it has heard of it.
        var wish: RunWish?
        /// As it said itself.
        var process: Int?
        /// Whether it has a session of its own, which is then ended with it: a command in somebody's shell has not.
        var hasSession = false
        var isToldToEnd = false
        /// Its number may be another process's from here on.
        var isGone = false

        mutating func identify(_ number: Int) {
            guard process != number else { return }
            process = number
            hasSession = getsid(pid_t(number)) == pid_t(number)
        }
    }

    let directory: RunDirectory
    /// Where this process started the worker: it has to be reaped.
    private let child: WorkerProcess?
    private let state = Mutex(State())
    private let isLeft = Atomic(false)

    /// - Parameters:
    ///   - child: the process; nil where somebody else started it.
    ///   - status: told what the worker says of itself.
    ///   - end: told how it ended, once, unless it was left.
    init(
        _ directory: RunDirectory, child: WorkerProcess?, status: @escaping @Sendable (WorkerStatus) -> Void,
        end: @escaping @Sendable (WorkerLoss.Ending) -> Void
    ) {
        self.directory = directory
        self.child = child
        BackgroundQueue.thread { [self] in follow(status, end) }
    }

    /// Lets the worker go on by itself.
    func leave() {
        isLeft.store(true, ordering: .releasing)
        state.withLock { $0.client?.hangUp() }
    }

    /// Tells the worker what is wanted of it, now or as soon as it listens. Waits for nothing: a worker that hangs would
    /// not answer.
    func tell(_ wish: RunWish) {
        state.withLock { state in
            state.wish = wish
            Self.deliver(&state)
        }
    }

    /// Asks the worker something and waits for its answer, over a connection of its own.
    ///
    /// - Throws: what it refuses; `EOS_E_STATE` where it is not there or does not answer in time.
    func ask(_ request: ControlRequest, patience: Double) throws(EosError) {
        _ = try ControlClient(directory, patience: patience).ask(request)
    }

    /// Asks the worker, once it listens, to save and end, for another eosd to go on with. Repeated, it does nothing.
    func end() {
        state.withLock { state in
            guard let process = state.process, process > 1, !state.isToldToEnd, !state.isGone else { return }
            state.isToldToEnd = true
            Glibc.kill(pid_t(process), SIGTERM)
        }
    }

    /// Ends the worker and what it started.
    func kill() {
        state.withLock { state in
            guard !state.isGone, let process = child?.number ?? state.process ?? RunLock.holder(directory), process > 1,
                // A lock that a worker was handed has its starter's number until the worker signs it.
                process != Int(getpid())
            else { return }
            if child != nil || state.hasSession { Glibc.kill(-pid_t(process), SIGKILL) }
            Glibc.kill(pid_t(process), SIGKILL)
        }
    }

    private func follow(
        _ status: (WorkerStatus) -> Void, _ end: (WorkerLoss.Ending) -> Void
    ) {
        while !isLeft.load(ordering: .acquiring) {
            if let connected = try? ControlClient(directory, patience: 1) {
                if let ending = listen(connected, status) { return end(ending) }
                state.withLock { $0.client = nil }
            }
            if isLeft.load(ordering: .acquiring) { return }
            // A worker that is starting has no socket yet, one that ends has none any more.
            if let ending = ending() { return end(ending) }
            usleep(5000)
        }
    }

    /// - Returns: how the worker ended, where that was seen while the connection was still there.
    private func listen(_ client: ControlClient, _ status: (WorkerStatus) -> Void) -> WorkerLoss.Ending? {
        do throws(EosError) {
            try client.send(.watch)
            state.withLock { state in
                state.client = client
                Self.deliver(&state)
            }
            while !isLeft.load(ordering: .acquiring) {
                guard client.hasNews(within: 1) else {
                    // A process that a plugin started may hold the connection, long after the worker.
                    if let ending = ending() { return ending }
                    continue
                }
                guard let reply = try client.next() else { return nil }
                guard case .status(let one) = reply else { continue }
                state.withLock { $0.identify(one.pid) }
                status(one)
            }
        } catch {
            // It ends, or what answers is no worker: the lock tells.
        }
        return nil
    }

    /// A wish stays until the worker is gone: a connection that breaks off may have lost it, and it does no harm twice.
    private static func deliver(_ state: inout State) {
        guard let wish = state.wish, let client = state.client else { return }
        try? client.send(.ask(wish))
    }

    private func ending() -> WorkerLoss.Ending? {
        state.withLock { state in
            if let child {
                guard let ending = child.reap() else { return nil }
                state.isGone = true
                return ending
            }
            if RunLock.isHeld(directory) { return nil }
            // What the worker started and left behind keeps neither the lock nor the processor.
            if state.hasSession, let session = state.process, session > 1 { Glibc.kill(-pid_t(session), SIGKILL) }
            state.isGone = true
            return .unknown
        }
    }
}
