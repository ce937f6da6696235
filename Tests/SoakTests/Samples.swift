import Foundation
import Synchronization

/// Durations that many threads measured.
final class Samples: Sendable {
    private let seconds = Mutex<[Double]>([])

    func add(_ duration: Double) { seconds.withLock { $0.append(duration) } }

    var count: Int { seconds.withLock(\.count) }

    /// The value below which this share lies, in seconds.
    func quantile(_ share: Double) -> Double {
        let sorted = seconds.withLock { $0.sorted() }
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
    }
}

/// Runs `body` on `count` threads; `join` waits for all of them.
final class Crew: Sendable {
    private let group = DispatchGroup()

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        for number in 0..<count {
            group.enter()
            let thread = Thread { @Sendable [group] in
                body(number)
                group.leave()
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    func join() { group.wait() }
}
