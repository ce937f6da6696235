import CEos
import Dispatch
import EosCore
import EosJSON
import EosRunModel
import Foundation
import Synchronization

/// Takes records from the training thread and writes them in batches on a thread of its own.
///
/// Bounded: where the disk is slower than the training, the training waits. A batch that can't be written is kept and
/// tried again with the next ones; once that has failed too often the error comes back to the training.
public final class Recorder {
    /// Rows of a batch, and batches under way before the training waits.
    private static let batchRows = 512
    private static let mostBatches = 8
    private static let mostFailures = 4
    /// Seconds after which even a small batch is written, so that others see the run live.
    private static let patience = 0.5

    private let database: RunDatabase
    private let log: RunLog
    private let thread = DispatchQueue(label: "eos.recorder", qos: .utility)
    private let room = DispatchSemaphore(value: mostBatches)
    private let backlog = Backlog()

    private var iterates: [RunNumbers] = []
    private var probes: [ProbeRecord] = []
    /// The smallest loss of all iterates so far, where not all are recorded.
    private var best: Double?
    private var lastWritten = DispatchTime.now().uptimeNanoseconds

    /// Seconds from one event to the next at least: who listens wants to see the run, not every batch.
    private static let quiet = 0.25

    /// What waits on the writing thread.
    private final class Backlog: Sendable {
        struct State {
            var iterates: [RunNumbers] = []
            var probes: [ProbeRecord] = []
            var best: Double?
            var failures = 0
            var error: EosError?
            /// Written, but no event has told of it: the first iteration, and the last iterate.
            var unannounced: (first: Int, last: RunNumbers)?
            /// On the monotonic clock.
            var lastAnnounced = -Double.infinity
            var sharpness: Double?
        }
        let state = Mutex(State())
    }

    public init(_ database: RunDatabase, log: RunLog) {
        self.database = database
        self.log = log
    }

    /// - Parameter best: the smallest loss of all iterates so far, where not all of them are recorded.
    /// - Throws: the error of the writes that failed, once they have failed too often.
    public func record(
        _ iterate: RunNumbers, _ measured: [ProbeRecord], best: Double? = nil
    ) throws(EosError) {
        iterates.append(iterate)
        self.best = best
        probes.append(contentsOf: measured)
        if iterates.count < Self.batchRows {
            // Looking at the clock costs as much as an append: now and then is enough, and always for a slow training.
            let now = DispatchTime.now().uptimeNanoseconds
            guard Double(now - lastWritten) * 1e-9 > Self.patience else { return }
        }
        hand()
        try check()
    }

    /// Adds measurements at an iterate that was recorded before.
    public func record(_ measured: [ProbeRecord]) { probes.append(contentsOf: measured) }

    /// Writes all that was recorded; returns once it would survive a loss of power.
    public func flush() throws(EosError) {
        hand()
        thread.sync { [database, log, backlog] in Self.write(database, log, backlog, announce: true) }
        let error = backlog.state.withLock { state in state.iterates.isEmpty ? nil : state.error }
        if let error { throw error }
        try database.synchronise()
    }

    private func hand() {
        lastWritten = DispatchTime.now().uptimeNanoseconds
        guard !iterates.isEmpty || !probes.isEmpty else {
            // A batch that failed may be waiting.
            thread.async { [database, log, backlog] in Self.write(database, log, backlog) }
            return
        }
        room.wait()
        thread.async { [database, log, backlog, room, iterates, probes, best] in
            backlog.state.withLock { state in
                state.best = best
                state.iterates.append(contentsOf: iterates)
                state.probes.append(contentsOf: probes)
            }
            Self.write(database, log, backlog)
            room.signal()
        }
        iterates.removeAll(keepingCapacity: true)
        probes.removeAll(keepingCapacity: true)
    }

    private func check() throws(EosError) {
        let error = backlog.state.withLock { $0.failures >= Self.mostFailures ? $0.error : nil }
        if let error { throw error }
    }

    private static func write(_ database: RunDatabase, _ log: RunLog, _ backlog: Backlog, announce: Bool = false) {
        let (iterates, probes, best, told, sharpness) = backlog.state.withLock { state in
            state.sharpness = state.probes.last { $0.name == ProbeRecord.sharpness(0) }?.value ?? state.sharpness
            return (state.iterates, state.probes, state.best, state.unannounced, state.sharpness)
        }
        let first = told?.first ?? iterates.first?.iteration
        let last = iterates.last ?? told?.last
        let isDue = announce || monotonicTime() - backlog.state.withLock(\.lastAnnounced) >= quiet
        let announcement = isDue ? announcement(first, last, sharpness) : nil
        guard !iterates.isEmpty || !probes.isEmpty || announcement != nil else { return }
        do throws(EosError) {
            try database.append(iterates, probes, best: best, announcement: announcement)
            backlog.state.withLock { state in
                state.iterates.removeAll()
                state.probes.removeAll()
                state.failures = 0
                state.error = nil
                state.unannounced = announcement == nil ? first.flatMap { first in last.map { (first, $0) } } : nil
                if announcement != nil { state.lastAnnounced = monotonicTime() }
            }
        } catch {
            let failures = backlog.state.withLock { state in
                state.failures += 1
                state.error = error
                return state.failures
            }
            log.write(
                Int(EOS_LOG_WARNING), "\(error); \(iterates.count) iterates are not recorded yet (attempt \(failures))")
        }
    }

    private static func announcement(_ first: Int?, _ last: RunNumbers?, _ sharpness: Double?) -> JSONText? {
        guard let first, var last else { return nil }
        last[.sharpness] = sharpness
        return .object(
            [("first", .integer(first)), ("last", .integer(last.iteration))] + last.members(of: .events))
    }
}
