import EosCore
import Synchronization

/// A number that one thread sets and another waits for.
///
/// Who waits looks at it for a while before it sleeps: a search that evaluates something cheap goes back and forth in
/// microseconds, and waking a thread takes longer than that. It never yields: beside other work a thread that yields is
/// last of all, by milliseconds each time, while one that is woken comes first.
final class Baton: Sendable {
    private let number: Atomic<Int>
    private let sleepers = Atomic<Int>(0)
    private let changed = Condition()

    /// How often a waiting thread looks before it sleeps.
    private static let looks = 2_000

    init(_ number: Int) { self.number = Atomic(number) }

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
        changed.withLock { changed.broadcast() }
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
        let deadline = seconds.map { monotonicTime() + $0 } ?? .infinity
        return changed.withLock {
            sleepers.add(1, ordering: .sequentiallyConsistent)
            defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
            while true {
                let now = number.load(ordering: .sequentiallyConsistent)
                if now != value { return now }
                if !changed.wait(until: deadline) {
                    let last = number.load(ordering: .sequentiallyConsistent)
                    return last == value ? nil : last
                }
            }
        }
    }
}
