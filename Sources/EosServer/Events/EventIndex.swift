import CEos
import EosCore
import EosProcesses
import EosRunModel
import Foundation
import GRDB

/// The states and removals of all runs in one order: `events.db` of eosd's home.
///
/// It can be made again from the run directories; the sequence numbers are new then, and clients that come with old ones
/// are told so.
final class EventIndex: EventFeed {
    private static let mostKept = 4096

    private let path: String
    private let queue: DatabaseQueue
    private let tail: FeedTail
    private let reader = BackgroundQueue("eos.index")

    /// - Throws: `EOS_E_IO`, `EOS_E_FORMAT`: a damaged file is set aside once.
    init(home: String) throws(EosError) {
        path = "\(home)/events.db"
        do { queue = try Self.open(path) } catch {
            // Everything in it can be had again.
            let aside = "\(path).damaged-\(Int(unixTime()))"
            rename(path, aside)
            for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
            do { queue = try Self.open(path) } catch {
                throw EosError(EOS_E_IO, "\(path): \(error); check the permissions of eosd's home and the disk")
            }
        }
        let last: Int
        do {
            last = try queue.read { db in try Int.fetchOne(db, sql: "SELECT max(sequence) FROM events") ?? 0 }
        } catch {
            throw EosError(EOS_E_IO, "\(path): \(error)")
        }
        tail = FeedTail(keeping: Self.mostKept, last: last)
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS events (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                        run TEXT NOT NULL, of_run INTEGER NOT NULL,
                        time REAL NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
                        UNIQUE (run, of_run)
                    );
                    """)
        }
        return queue
    }

    var last: Int { tail.last }
    var hasEnded: Bool { tail.hasEnded }

    /// Sequence numbers of the last event taken in of each run.
    func lastOfRuns() throws(EosError) -> [String: Int] {
        try perform { db in
            try Row.fetchAll(
                db, sql: "SELECT run, max(of_run) FROM events GROUP BY run HAVING max(kind = 'removed') = 0"
            )
            .reduce(into: [:]) { $0[$1[0]] = $1[1] as Int }
        }
    }

    /// Takes in those of a run that belong here; one that is there already stays once.
    func take(_ events: [RunEvent]) throws(EosError) {
        let wanted = events.filter { $0.kind == .state || $0.kind == .removed }
        guard !wanted.isEmpty else { return }
        try serially { [self] () throws(EosError) in
            var taken: [RunEvent] = []
            try perform { db in
                taken = []
                for event in wanted {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO events (run, of_run, time, kind, data) VALUES (?, ?, ?, ?, ?)",
                        arguments: [event.run, event.sequence, event.time, event.kind.rawValue, event.data])
                    guard db.changesCount > 0 else { continue }
                    var event = event
                    event.sequence = Int(db.lastInsertedRowID)
                    taken.append(event)
                }
            }
            guard let newest = taken.last else { return }
            tail.advance(to: newest.sequence, keeping: taken.map(StreamedEvent.init))
        }
    }

    /// The run is gone, with its own events.
    ///
    /// - Parameter last: sequence number of the last of them.
    func takeRemoval(of run: String, after last: Int) throws(EosError) {
        try take([RunEvent(sequence: last + 1, run: run, kind: .removed, time: unixTime(), data: "{}")])
    }

    func end() { tail.end() }

    func read(after sequence: Int, limit: Int) async throws(ServiceError) -> [StreamedEvent] {
        if let recent = tail.events(after: sequence, limit: limit) { return recent }
        do throws(EosError) {
            return try await reader.run { [self] () throws(EosError) in try stored(after: sequence, limit: limit) }
                .map(StreamedEvent.init)
        } catch { throw ServiceError(.unavailable, error) }
    }

    func wait(after sequence: Int) async { await tail.wait(after: sequence) }

    private func stored(after sequence: Int, limit: Int) throws(EosError) -> [RunEvent] {
        try perform { db in
            try Row.fetchAll(
                db,
                sql: "SELECT sequence, run, kind, time, data FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [sequence, limit]
            ).map {
                RunEvent(
                    sequence: $0[0], run: $0[1], kind: RunEvent.Kind(recorded: $0[2]), time: $0[3],
                    data: $0[4])
            }
        }
    }

    /// One after the other, so that memory and file have the same order.
    private func serially(_ body: @Sendable () throws(EosError) -> Void) throws(EosError) {
        let result = reader.sync { Result { () throws(EosError) in try body() } }
        try result.get()
    }

    private func perform<Value>(_ body: (Database) throws -> Value) throws(EosError) -> Value {
        do { return try queue.write(body) } catch { throw EosError(EOS_E_IO, "\(path): \(error)") }
    }
}
