import Glibc

/// A lock, and a signal that is waited for by the monotonic clock: a clock that is set neither ends nor prolongs that.
public final class Condition: @unchecked Sendable {
    // Unchecked: mutex and condition are made for several threads.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    public func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Wakes everybody who waits.
    public func broadcast() { pthread_cond_broadcast(changed) }

    /// With the lock held, which is free meanwhile.
    ///
    /// - Parameter time: of `monotonicTime()`.
    /// - Returns: false where the time has come.
    public func wait(until time: Double = .infinity) -> Bool {
        guard time < .infinity else { return pthread_cond_wait(changed, mutex) == 0 }
        let seconds = min(max(time, 0), 1e15).rounded(.down)
        var deadline = timespec(tv_sec: Int(seconds), tv_nsec: Int((min(max(time, 0), 1e15) - seconds) * 1e9))
        return pthread_cond_timedwait(changed, mutex, &deadline) != ETIMEDOUT
    }
}
