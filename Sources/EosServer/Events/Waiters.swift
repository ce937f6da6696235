import Synchronization

/// Tasks that wait for something to happen.
final class Waiters: Sendable {
    private struct State {
        var next = 0
        /// nil: the task was cancelled before it began to wait.
        var waiting: [Int: CheckedContinuation<Void, Never>?] = [:]
        /// Counted by every notification.
        var notifications = 0
    }

    private let state = Mutex(State())

    /// What to pass to `wait`: what happens from here on is not missed.
    var mark: Int { state.withLock(\.notifications) }

    func notify() {
        let woken = state.withLock { state in
            state.notifications += 1
            defer { state.waiting = [:] }
            return state.waiting.values.compactMap { $0 }
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns at the next notification after `mark` was taken, or when the task is cancelled.
    func wait(since mark: Int) async {
        let id = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // A cancellation that came first left a mark in its place.
                    if state.notifications != mark || state.waiting.removeValue(forKey: id) != nil { return true }
                    state.waiting[id] = .some(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                if let waiting = state.waiting.removeValue(forKey: id) { return waiting }
                state.waiting[id] = .some(nil)
                return nil
            }
            continuation?.resume()
        }
        state.withLock { _ = $0.waiting.removeValue(forKey: id) }
    }
}

/// Opens once; tasks wait for it.
final class Latch: Sendable {
    private let opened = Atomic(false)
    private let waiters = Waiters()

    var isOpen: Bool { opened.load(ordering: .acquiring) }

    func open() {
        opened.store(true, ordering: .releasing)
        waiters.notify()
    }

    /// Returns once it is open, or the task is cancelled.
    func wait() async {
        let mark = waiters.mark
        if !isOpen { await waiters.wait(since: mark) }
    }
}
