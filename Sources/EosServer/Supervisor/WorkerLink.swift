import EosCore
import EosRuns
import Foundation
import Synchronization

/// Follows one worker from its start, or from its adoption, to its end, on a thread of its own.
final class WorkerLink: Sendable {
    let directory: RunDirectory
    /// Where this process started the worker: it has to be reaped.
    private let child: Int?
    private let client = Mutex<ControlClient?>(nil)
    private let isLeft = Atomic(false)

    /// - Parameters:
    ///   - child: the process; nil where somebody else started it.
    ///   - status: told what the worker says of itself.
    ///   - end: told how it ended, once, unless it was left.
    init(
        _ directory: RunDirectory, child: Int?, status: @escaping @Sendable (WorkerStatus) -> Void,
        end: @escaping @Sendable (WorkerLoss.Ending) -> Void
    ) {
        self.directory = directory
        self.child = child
        Thread.detachNewThread { @Sendable [self] in follow(status, end) }
    }

    /// Lets the worker go on by itself.
    func leave() {
        isLeft.store(true, ordering: .releasing)
        client.withLock { $0?.hangUp() }
    }

    /// Asks the worker something, over a connection of its own.
    func ask(_ request: ControlRequest) throws(EosError) {
        _ = try ControlClient(directory).ask(request)
    }

    /// Ends the worker and what it started.
    func kill() {
        guard let process = child ?? RunLock.holder(directory), process > 1 else { return }
        Glibc.kill(-pid_t(process), SIGKILL)
        Glibc.kill(pid_t(process), SIGKILL)
    }

    private func follow(
        _ status: (WorkerStatus) -> Void, _ end: (WorkerLoss.Ending) -> Void
    ) {
        while !isLeft.load(ordering: .acquiring) {
            if let connected = try? ControlClient(directory) {
                client.withLock { $0 = connected }
                listen(connected, status)
                client.withLock { $0 = nil }
            }
            if isLeft.load(ordering: .acquiring) { return }
            // A worker that is starting has no socket yet, one that ends has none any more.
            if let ending = ending() { return end(ending) }
            usleep(5000)
        }
    }

    private func listen(_ client: ControlClient, _ status: (WorkerStatus) -> Void) {
        do throws(EosError) {
            try client.send(.watch)
            while let reply = try client.next() {
                if isLeft.load(ordering: .acquiring) { return }
                if case .status(let one) = reply { status(one) }
            }
        } catch {
            // It ends, or what answers is no worker: the lock tells.
        }
    }

    private func ending() -> WorkerLoss.Ending? {
        guard let child else { return RunLock.isHeld(directory) ? nil : .unknown }
        var status: Int32 = 0
        let reaped = waitpid(pid_t(child), &status, WNOHANG)
        if reaped == 0 || reaped < 0 && errno == EINTR { return nil }
        guard reaped > 0 else { return RunLock.isHeld(directory) ? nil : .unknown }
        // What the worker started and left behind keeps neither the lock nor the processor.
        Glibc.kill(-pid_t(child), SIGKILL)
        return status & 0x7f == 0 ? .exited(Int(status >> 8 & 0xff)) : .signalled(Int(status & 0x7f))
    }
}
