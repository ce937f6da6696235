import Foundation
import Glibc
import Synchronization

/// Puts the calling thread behind those of the process that answer somebody: where all processors are busy, these go
/// first. For the rest of the thread's life; repeated, it does nothing. Linux has a priority for every thread.
public func standBack() {
    // That of the process is its first thread's.
    let niceness = getpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), id_t(getpid()))
    setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, min(niceness + 5, 19))
}

/// Where work goes that waits for disks and processes or computes for long: neither event loops nor Swift's own threads do
/// that. Its threads stand back.
///
/// A quality of service would do the same for a while: Dispatch changes priorities by 2 only, and back again.
public final class BackgroundQueue: Sendable {
    private struct State {
        var active = 0
        var waiting: [@Sendable () -> Void] = []
        /// Of those that wait.
        var next = 0
    }

    private let queue: DispatchQueue
    private let width: Int
    private let state = Mutex(State())

    /// - Parameter width: how much is done at a time; 1: everything is done in order.
    public init(_ label: String, atATime width: Int = 1) {
        queue = DispatchQueue(label: label, attributes: width > 1 ? .concurrent : [])
        self.width = width
    }

    public func async(_ work: @escaping @Sendable () -> Void) {
        guard width > 1 else {
            return queue.async {
                standBack()
                work()
            }
        }
        let begins = state.withLock { state in
            if state.active < width {
                state.active += 1
                return true
            }
            state.waiting.append(work)
            return false
        }
        guard begins else { return }
        queue.async { [self] in
            standBack()
            work()
            while let next = takeNext() { next() }
        }
    }

    /// What waits the longest; nil: nothing does, and this thread is free.
    private func takeNext() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.next < state.waiting.count else {
                state.active -= 1
                (state.waiting, state.next) = ([], 0)
                return nil
            }
            state.next += 1
            return state.waiting[state.next - 1]
        }
    }

    /// - Parameter delay: seconds.
    public func async(after delay: Double, _ work: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + delay) { [self] in async(work) }
    }

    /// Waits for it without a thread.
    public func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withCheckedContinuation { continuation in
            async { continuation.resume(returning: Result { () throws(Failure) in try work() }) }
        }
        return try result.get()
    }

    /// Waits for it; at the caller's priority. Of a queue that works in order.
    public func sync<Value>(_ work: () throws -> Value) rethrows -> Value { try queue.sync(execute: work) }

    /// A thread of its own, for what may wait for as long as the process lives.
    public static func thread(_ work: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            standBack()
            work()
        }
    }
}
