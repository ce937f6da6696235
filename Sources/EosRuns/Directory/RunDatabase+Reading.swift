import EosCore
import Foundation
import GRDB

extension RunDatabase {
    /// The state that was recorded last, or nil.
    public func lastState() throws(EosError) -> StateRecord? { try states().last }

    public func states() throws(EosError) -> [StateRecord] {
        try perform { db in
            try Row.fetchAll(
                db,
                sql: "SELECT state, reason, iteration, time, signal, exit_code FROM states ORDER BY sequence"
            ).map {
                StateRecord(
                    state: RunState(rawValue: $0[0]) ?? .lost, reason: $0[1], iteration: $0[2], time: $0[3],
                    signal: $0[4], exitCode: $0[5])
            }
        }
    }

    public func facts() throws(EosError) -> [String: String] {
        try perform { db in
            try Row.fetchAll(db, sql: "SELECT name, value FROM facts")
                .reduce(into: [:]) { $0[$1[0]] = $1[1] as String }
        }
    }

    /// Names of everything measured, sharpness first, then the objective's metrics in alphabetical order.
    public func probeNames() throws(EosError) -> [String] {
        let names = try perform { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT name FROM probes ORDER BY name")
        }
        return names.filter { $0.hasPrefix("sharpness") } + names.filter { !$0.hasPrefix("sharpness") }
    }

    /// Every iterate in order, each with what was measured there; one at a time, however long the run was.
    public func forEachIterate(_ body: (IterateRecord, [ProbeRecord]) throws -> Void) throws(EosError) {
        try perform { db in
            let probes = try Row.fetchCursor(
                db, sql: "SELECT iteration, name, value, residual, converged FROM probes ORDER BY iteration, name")
            var next = try probes.next().map(Self.probe)
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM metrics ORDER BY iteration")
            while let row = try rows.next() {
                let iterate = Self.iterate(row)
                var here: [ProbeRecord] = []
                while let probe = next, probe.iteration <= iterate.iteration {
                    if probe.iteration == iterate.iteration { here.append(probe) }
                    next = try probes.next().map(Self.probe)
                }
                try body(iterate, here)
            }
        }
    }

    /// At most `limit` iterates with `first` <= iteration <= `last`, in order, each with what was measured there; of
    /// every `stride`-th iteration, and of the one after each of these.
    public func iterates(
        from first: Int, through last: Int, stride: Int, limit: Int
    ) throws(EosError) -> [(IterateRecord, [ProbeRecord])] {
        try perform { db in
            let iterates = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM metrics WHERE iteration BETWEEN ? AND ?
                    AND (iteration % ? = 0 OR (iteration - 1) % ? = 0) ORDER BY iteration LIMIT ?
                    """, arguments: [first, last, stride, stride, limit]
            ).map(Self.iterate)
            guard let end = iterates.last?.iteration else { return [] }
            let probes = try Row.fetchAll(
                db,
                sql: """
                    SELECT iteration, name, value, residual, converged FROM probes WHERE iteration BETWEEN ? AND ?
                    AND iteration % ? = 0 ORDER BY iteration, name
                    """, arguments: [first, end, stride]
            ).map(Self.probe)
            let byIteration = Dictionary(grouping: probes, by: \.iteration)
            return iterates.map { ($0, byIteration[$0.iteration] ?? []) }
        }
    }

    /// The iterates first and last recorded.
    public func ends() throws(EosError) -> (first: IterateRecord, last: IterateRecord)? {
        try perform { db in
            guard let first = try Row.fetchOne(db, sql: "SELECT * FROM metrics ORDER BY iteration LIMIT 1"),
                let last = try Row.fetchOne(db, sql: "SELECT * FROM metrics ORDER BY iteration DESC LIMIT 1")
            else { return nil }
            return (Self.iterate(first), Self.iterate(last))
        }
    }

    /// The last measurement of everything measured.
    public func lastProbes() throws(EosError) -> [ProbeRecord] {
        try perform { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT max(iteration), name, value, residual, converged FROM probes GROUP BY name ORDER BY name
                    """
            ).map(Self.probe)
        }
    }

    /// The smallest loss that was recorded; nil: none.
    public func bestLoss() throws(EosError) -> Double? {
        try perform { db in try Double.fetchOne(db, sql: "SELECT min(loss) FROM metrics") }
    }

    /// When the last checkpoint was written, in seconds since 1970; nil: there was none.
    public func lastCheckpointTime() throws(EosError) -> Double? {
        try perform { db in try Double.fetchOne(db, sql: "SELECT max(time) FROM checkpoints") }
    }

    /// At most `limit` events after `sequence`, in order.
    public func events(after sequence: Int, limit: Int, of run: String) throws(EosError) -> [RunEvent] {
        let events = try perform { db in
            try Row.fetchAll(
                db, sql: "SELECT sequence, kind, time, data FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [sequence, limit]
            ).map {
                RunEvent(
                    sequence: $0[0], run: run, kind: RunEvent.Kind(rawValue: $0[1]) ?? .state, time: $0[2], data: $0[3])
            }
        }
        if let last = events.last { note(event: last.sequence) }
        return events
    }

    public func lastEventSequence() throws(EosError) -> Int {
        try perform { db in try Int.fetchOne(db, sql: "SELECT max(sequence) FROM events") ?? 0 }
    }

    // NaN is NULL in SQLite.
    private static func iterate(_ row: Row) -> IterateRecord {
        IterateRecord(
            iteration: row[0], loss: row[1] ?? .nan, gradientNorm: row[2] ?? .nan, step: row[3] ?? .nan,
            trials: row[4], reason: row[5], valueEvaluations: row[6], gradientEvaluations: row[7],
            curvatureProducts: row[8], seconds: row[9])
    }

    private static func probe(_ row: Row) -> ProbeRecord {
        ProbeRecord(
            iteration: row[0], name: row[1], value: row[2] ?? .nan, residual: row[3] ?? .nan, converged: row[4])
    }
}
