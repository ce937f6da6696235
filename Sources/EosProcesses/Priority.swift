import Foundation
import Glibc

/// Puts the calling thread behind those of the process that answer somebody: where all processors are busy, these go
/// first. For the rest of the thread's life; repeated, it does nothing. Linux has a priority for every thread.
public func standBack() {
    // That of the process is its first thread's.
    let niceness = getpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), id_t(getpid()))
    setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, min(niceness + 5, 19))
}

/// A queue for what waits for disks and processes or computes for long, on threads that stand back.
///
/// A quality of service would do the same for a while: Dispatch changes priorities by 2 only, and back again.
public struct BackgroundQueue: Sendable {
    private let queue: DispatchQueue

    /// - Parameter isConcurrent: its work may be done side by side; otherwise it is done in order.
    public init(_ label: String, isConcurrent: Bool = false) {
        queue = DispatchQueue(label: label, attributes: isConcurrent ? .concurrent : [])
    }

    public func async(_ work: @escaping @Sendable () -> Void) {
        queue.async {
            standBack()
            work()
        }
    }

    /// - Parameter delay: seconds.
    public func async(after delay: Double, _ work: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + delay) {
            standBack()
            work()
        }
    }

    /// Waits for it; at the caller's priority.
    public func sync<Value>(_ work: () throws -> Value) rethrows -> Value { try queue.sync(execute: work) }
}
