import EosCore
import EosJSON
import EosRunModel
import Foundation
import GRDB
import GRDBSQLite

extension RunDatabase {
    /// Records a change of state, and makes it and all before it survive a loss of power. It is later than every one
    /// before it, whatever became of the clock. Where nothing more happens `run.db` is whole without its journal then.
    public func record(_ record: StateRecord) throws(EosError) {
        try synchronously { [self] db in
            let time = try time(atLeast: record.time, db)
            try db.execute(
                sql: """
                    INSERT INTO states (time, state, reason, iteration, signal, exit_code) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    time, record.state.rawValue, record.reason, record.iteration, record.signal,
                    record.exitCode,
                ])
            return try Self.insert(.state, record.eventData, at: time, db)
        }
        if record.state.isQuiet { emptyJournal() }
    }

    /// The time of something that comes after all states and checkpoints so far. A clock may be set back: the time since the last state
    /// counts then, as far as this object knows it, and in any case what came first is to be told from what came after.
    private func time(atLeast time: Double, _ db: Database) throws -> Double {
        let now = monotonicTime()
        let last = try Double.fetchOne(db, sql: Self.lastTime) ?? -.infinity
        return clock.withLock { clock in
            let time = max(time, last + Self.tick, clock.map { $0.time + now - $0.monotonic } ?? -.infinity)
            clock = (time, now)
            return time
        }
    }

    private static let lastTime = """
        SELECT max(time) FROM (
            SELECT time FROM (SELECT time FROM states ORDER BY sequence DESC LIMIT 1) UNION ALL
            SELECT time FROM (SELECT time FROM checkpoints ORDER BY iteration DESC LIMIT 1))
        """

    /// Seconds by which states differ at least: a few units in the last place of the time of a century.
    private static let tick = 1e-6

    /// Takes the journal into the file itself and empties it, so that the file is whole when it is copied alone.
    ///
    /// Readers that look at an earlier state are waited for as long as a writer waits for its turn; each looks for a
    /// moment only. What fails is no loss: the journal stays, and is read with the file.
    ///
    /// - Returns: whether it is empty.
    @discardableResult public func emptyJournal() -> Bool {
        (try? queue.writeWithoutTransaction { db in try db.checkpoint(.truncate) }) != nil
    }

    public func record(_ state: RunState, reason: String, iteration: Int) throws(EosError) {
        try record(StateRecord(StateChange(state, reason), iteration: iteration))
    }

    public func record(facts: [(name: String, value: String)]) throws(EosError) {
        try perform { db in
            let statement = try db.cachedStatement(sql: "INSERT OR REPLACE INTO facts VALUES (?, ?)")
            for fact in facts { try statement.execute(arguments: [fact.name, fact.value]) }
        }
    }

    /// Notes how many iterates are recorded, for who looks for those that are missing: the fewest that it has ever been.
    func record(telemetryEvery every: Int) throws(EosError) {
        let most = max(try sparsestTelemetry(), every)
        try record(facts: [(Self.telemetryFact, "\(most)")])
    }

    /// Adds what was recorded of some iterates, in one transaction.
    ///
    /// - Parameters:
    ///   - best: the smallest loss of all iterates so far, where not all of them are recorded.
    ///   - announcement: the data of an event that tells of them; nil: a later one will.
    func append(
        _ iterates: [RunNumbers], _ probes: [ProbeRecord], best: Double? = nil, announcement: JSONText? = nil
    ) throws(EosError) {
        let event = try perform { db in
            let row = try db.cachedStatement(sql: Self.insertion)
            for one in iterates { try Self.insert(one, row.sqliteStatement, db) }
            let probe = try db.cachedStatement(sql: "INSERT OR REPLACE INTO probes VALUES (?, ?, ?, ?, ?)")
            for one in probes {
                probe.setUncheckedArguments([one.iteration, one.name, one.value, one.residual, one.converged])
                try probe.execute()
            }
            if let best {
                let fact = try db.cachedStatement(sql: "INSERT OR REPLACE INTO facts VALUES (?, ?)")
                try fact.execute(arguments: [Self.bestLossFact, "\(best)"])
            }
            return try announcement.map { try Self.insert(.iterates, $0, at: unixTime(), db) }
        }
        if let event { note(event: event) }
    }

    func record(checkpoint iteration: Int, bytes: Int) throws(EosError) {
        let event = try perform { db in
            // Workers that are lost are counted since the last one.
            let time = try time(atLeast: unixTime(), db)
            try db.execute(
                sql: "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)", arguments: [iteration, time, bytes])
            return try Self.insert(
                .checkpoint, ["iteration": .integer(iteration), "bytes": .integer(bytes)], at: time, db)
        }
        note(event: event)
    }

    /// Records that keys were set, each as `key=value`.
    func record(settings assignments: [String], iteration: Int) throws(EosError) {
        for assignment in assignments {
            let parts = assignment.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            let value = parts.count > 1 ? parts[1] : ""
            try record(.setting, ["key": .string(parts[0]), "value": .string(value), "iteration": .integer(iteration)])
        }
    }

    /// Records an event, and makes it and all before it survive a loss of power.
    func record(_ kind: RunEvent.Kind, _ data: JSONText) throws(EosError) {
        try synchronously { db in try Self.insert(kind, data, at: unixTime(), db) }
    }

    /// - Returns: its sequence number.
    private static func insert(_ kind: RunEvent.Kind, _ data: JSONText, at time: Double, _ db: Database) throws -> Int {
        let statement = try db.cachedStatement(sql: "INSERT INTO events (time, kind, data) VALUES (?, ?, ?)")
        try statement.execute(arguments: [time, kind.rawValue, data.text])
        return Int(db.lastInsertedRowID)
    }

    /// Makes all that was written survive a loss of power.
    func synchronise() throws(EosError) {
        try synchronously { db in
            try db.execute(sql: "INSERT OR REPLACE INTO facts VALUES ('synchronised', ?)", arguments: ["\(Date())"])
            return nil
        }
    }

    /// Forgets what was recorded after `iteration`, from which the run goes on.
    ///
    /// - Returns: the last iteration recorded (-1: none) and how many there are.
    public func rewind(to iteration: Int) throws(EosError) -> (last: Int, count: Int) {
        let (last, count, event) = try perform { db in
            var forgotten = 0
            for table in ["iterates", "probes", "checkpoints"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE iteration > ?", arguments: [iteration])
                forgotten += db.changesCount
            }
            try db.execute(sql: "DELETE FROM facts WHERE name = ?", arguments: [Self.bestLossFact])
            let event =
                forgotten > 0
                ? try Self.insert(.rewind, ["iteration": .integer(iteration)], at: unixTime(), db)
                : try Int.fetchOne(db, sql: "SELECT max(sequence) FROM events") ?? 0
            return (
                try Int.fetchOne(db, sql: "SELECT max(iteration) FROM iterates") ?? -1,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM iterates") ?? 0, event
            )
        }
        note(event: event)
        return (last, count)
    }

    /// A transaction whose commit waits for the disk, and with it for all earlier ones.
    ///
    /// - Parameter body: gives the sequence number of the event that it wrote, where it did.
    private func synchronously(_ body: (Database) throws -> Int?) throws(EosError) {
        do {
            let event = try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                defer { try? db.execute(sql: "PRAGMA synchronous = NORMAL") }
                var event: Int?
                try db.inTransaction(.immediate) {
                    event = try body(db)
                    return .commit
                }
                return event
            }
            if let event { note(event: event) }
        } catch {
            throw EosError.database(path, error)
        }
    }
}

extension StateRecord {
    /// Events have a time of their own.
    fileprivate var eventData: JSONText { .object((json.members ?? []).filter { $0.0 != "time" }) }
}
