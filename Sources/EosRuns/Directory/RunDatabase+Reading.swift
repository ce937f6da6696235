import EosCore
import EosJSON
import EosRunModel
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
                    StateChange(
                        RunState(rawValue: try $0.decode(atIndex: 0)) ?? .lost, try $0.decode(atIndex: 1),
                        signal: try $0.decode(atIndex: 4), exitCode: try $0.decode(atIndex: 5)),
                    iteration: try $0.decode(atIndex: 2), time: try $0.decode(atIndex: 3))
            }
        }
    }

    /// The states that the run came to after an event.
    func states(after sequence: Int) throws(EosError) -> [RunState] {
        try perform { db in
            try String.fetchAll(
                db, sql: "SELECT data FROM events WHERE sequence > ? AND kind = ?",
                arguments: [sequence, RunEvent.Kind.state.rawValue])
        }.compactMap { data in (try? JSONText(reading: data.utf8))?["state"]?.string.flatMap(RunState.init) }
    }

    public func facts() throws(EosError) -> [String: String] {
        try perform { db in
            try Row.fetchAll(db, sql: "SELECT name, value FROM facts")
                .reduce(into: [:]) { $0[try $1.decode(atIndex: 0)] = try $1.decode(String.self, atIndex: 1) }
        }
    }

    /// Names of everything measured, sharpness first, then the objective's metrics in alphabetical order.
    public func probeNames() throws(EosError) -> [String] {
        let names = try perform { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT name FROM probes ORDER BY name")
        }
        return names.filter { $0.hasPrefix("sharpness") } + names.filter { !$0.hasPrefix("sharpness") }
    }

    /// Rows that are read at once.
    private static let page = 2000

    /// Every iterate in order, each with what was measured there; a page at a time, however long the run was and however
    /// long `body` takes, so that the run's journal is not held up.
    public func forEachIterate(_ body: (RunNumbers, [ProbeRecord]) throws -> Void) throws(EosError) {
        var next = 0
        while true {
            let page = try iterates(from: next, through: .max, stride: 1, limit: Self.page)
            do { for (iterate, probes) in page { try body(iterate, probes) } } catch {
                throw error as? EosError ?? EosError.database(path, error)
            }
            guard page.count == Self.page, let last = page.last?.0.iteration else { return }
            next = last + 1
        }
    }

    /// At most `limit` iterates with `first` <= iteration <= `last`, in order, each with what was measured there; of
    /// every `stride`-th iteration, and of the one after each of these.
    public func iterates(
        from first: Int, through last: Int, stride: Int, limit: Int
    ) throws(EosError) -> [(RunNumbers, [ProbeRecord])] {
        try perform { db in
            let iterates = try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.names) FROM iterates WHERE iteration BETWEEN ? AND ?
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
    public func ends() throws(EosError) -> (first: RunNumbers, last: RunNumbers)? {
        try perform { db in
            guard
                let first = try Row.fetchOne(db, sql: "SELECT \(Self.names) FROM iterates ORDER BY iteration LIMIT 1"),
                let last = try Row.fetchOne(
                    db, sql: "SELECT \(Self.names) FROM iterates ORDER BY iteration DESC LIMIT 1")
            else { return nil }
            return (try Self.iterate(first), try Self.iterate(last))
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

    /// The largest interval between recorded iterates that the run has had.
    func sparsestTelemetry() throws(EosError) -> Int {
        try facts()[Self.telemetryFact].flatMap { Int($0) } ?? 1
    }

    /// The smallest loss of the run, as far as it was recorded, be it of an iterate that was not; nil: none.
    public func bestLoss() throws(EosError) -> Double? {
        try perform { db in
            let recorded = try Double.fetchOne(db, sql: "SELECT min(loss) FROM iterates")
            let text = try String.fetchOne(
                db, sql: "SELECT value FROM facts WHERE name = ?", arguments: [Self.bestLossFact])
            // Of a damaged database it may be anything.
            guard let best = text.flatMap(Double.init), !best.isNaN else { return recorded }
            return min(recorded ?? best, best)
        }
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
                    sequence: try $0.decode(atIndex: 0), run: run,
                    kind: RunEvent.Kind(recorded: try $0.decode(atIndex: 1)), time: try $0.decode(atIndex: 2),
                    data: try $0.decode(atIndex: 3))
            }
        }
        if let last = events.last { note(event: last.sequence) }
        return events
    }

    public func lastEventSequence() throws(EosError) -> Int {
        try perform { db in try Int.fetchOne(db, sql: "SELECT max(sequence) FROM events") ?? 0 }
    }

    // Reading throws, because a damaged file may hold anything: a reader goes on without it.
    private static func probe(_ row: Row) throws -> ProbeRecord {
        ProbeRecord(
            iteration: try row.decode(atIndex: 0), name: try row.decode(atIndex: 1),
            value: try row.decode(Double?.self, atIndex: 2), residual: try row.decode(Double?.self, atIndex: 3),
            converged: try row.decode(atIndex: 4))
    }
}
