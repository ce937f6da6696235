import EosCore
import EosRunModel
import Glibc

/// For how long a run has been going, over all workers since someone queued it: what restarts took counts.
///
/// The monotonic clock tells, which all processes share until the machine starts again. Only what is longer ago is told
/// by the clock on the wall, which anybody may set.
public struct StartClock: Sendable {
    /// In the facts of a run: when its first worker started.
    static let fact = "start_clock"

    /// Which start of the machine it is.
    public let boot: String
    /// Seconds of the monotonic clock.
    public let monotonic: Double
    /// Seconds since 1970.
    public let wall: Double

    public init(boot: String, monotonic: Double, wall: Double) {
        (self.boot, self.monotonic, self.wall) = (boot, monotonic, wall)
    }

    public static var now: StartClock {
        StartClock(boot: bootID() ?? "", monotonic: monotonicTime(), wall: unixTime())
    }

    /// Notes the first start after the run was queued last.
    ///
    /// - Returns: the seconds since then; 0 for the first start.
    public func elapsed(_ database: RunDatabase) throws(EosError) -> Double {
        let states = try database.states()
        let queueing = states.lastIndex { $0.state == .queued }
        let queued = queueing.map { states[$0].time } ?? 0
        if let noted = try database.facts()[Self.fact], let start = Start(noted), start.queued == queued {
            if !boot.isEmpty, start.boot == boot { return max(monotonic - start.monotonic, 0) }
            return max(wall - start.wall, 0)
        }
        // A run of an earlier eos noted nothing.
        let first = states[(queueing ?? 0)...].first { $0.state == .starting }?.time ?? wall
        let start = Start(boot: boot, monotonic: monotonic, wall: first, queued: queued)
        try database.record(facts: [(Self.fact, start.text)])
        return states[(queueing ?? 0)...].count { $0.state == .starting } > 1 ? max(wall - first, 0) : 0
    }

    private struct Start {
        let boot: String
        let monotonic: Double
        let wall: Double
        /// When the run was queued, which tells a later queueing apart.
        let queued: Double

        var text: String { "\(boot) \(monotonic) \(wall) \(queued)" }

        init(boot: String, monotonic: Double, wall: Double, queued: Double) {
            (self.boot, self.monotonic, self.wall, self.queued) = (boot, monotonic, wall, queued)
        }

        init?(_ text: String) {
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 4, let monotonic = Double(words[1]), let wall = Double(words[2]),
                let queued = Double(words[3])
            else { return nil }
            self.init(boot: String(words[0]), monotonic: monotonic, wall: wall, queued: queued)
        }
    }

    private static func bootID() -> String? {
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(file, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
}
