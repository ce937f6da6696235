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

/// What a hypervisor gave to others since this was made: where it is much, times of answers say little of eosd.
struct StolenTime {
    private let start = Self.counters()

    /// Of the processors' time, between 0 and 1.
    var share: Double {
        let now = Self.counters()
        return now.total > start.total ? (now.stolen - start.stolen) / (now.total - start.total) : 0
    }

    /// The first line of /proc/stat (proc_stat(5)).
    private static func counters() -> (stolen: Double, total: Double) {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard fields.count == 8 else { return (0, 0) }
        return (fields[7], fields.reduce(0, +))
    }
}
