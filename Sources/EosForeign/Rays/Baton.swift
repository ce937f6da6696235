import Glibc
import Synchronization

/// A number that one thread sets and another waits for.
///
/// Who waits looks at it for a while before it sleeps: a search that evaluates something cheap goes back and forth in
/// microseconds, and waking a thread takes longer than that. It never yields: beside other work a thread that yields is
/// last of all, by milliseconds each time, while one that is woken comes first.
final class Baton: @unchecked Sendable {
    // Unchecked: mutex and condition are made for several threads.
    private let number: Atomic<Int>
    private let sleepers = Atomic<Int>(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// How often a waiting thread looks before it sleeps.
    private static let looks = 2_000

    init(_ number: Int) {
        self.number = Atomic(number)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines do not move with the time of day.
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

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    func set(_ value: Int) {
        number.store(value, ordering: .sequentiallyConsistent)
        wake()
    }

    /// Sets it where it is `expected`.
    func set(_ value: Int, whereItIs expected: Int) {
        let exchange = number.compareExchange(
            expected: expected, desired: value, ordering: .sequentiallyConsistent)
        if exchange.exchanged { wake() }
    }

    private func wake() {
        // A waiter counts itself before it looks for the last time: one of the two sees the other.
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for a value other than `value`.
    ///
    /// - Parameter seconds: at most; nil: for ever.
    /// - Returns: nil where the time is over.
    func wait(whileIs value: Int, seconds: Double? = nil) -> Int? {
        for _ in 0..<Self.looks {
            let now = number.load(ordering: .acquiring)
            if now != value { return now }
        }
        return sleep(whileIs: value, seconds)
    }

    private func sleep(whileIs value: Int, _ seconds: Double?) -> Int? {
        var deadline = timespec()
        if let seconds {
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let nanoseconds = deadline.tv_nsec + Int((seconds.truncatingRemainder(dividingBy: 1)) * 1e9)
            deadline.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
            deadline.tv_nsec = nanoseconds % 1_000_000_000
        }
        pthread_mutex_lock(mutex)
        sleepers.add(1, ordering: .sequentiallyConsistent)
        defer {
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
            pthread_mutex_unlock(mutex)
        }
        while true {
            let now = number.load(ordering: .sequentiallyConsistent)
            if now != value { return now }
            if seconds == nil {
                pthread_cond_wait(changed, mutex)
            } else if pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT {
                let last = number.load(ordering: .sequentiallyConsistent)
                return last == value ? nil : last
            }
        }
    }
}
