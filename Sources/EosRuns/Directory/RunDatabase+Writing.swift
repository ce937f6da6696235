import EosCore
import Foundation
import GRDB

extension RunDatabase {
    /// Records a change of state, and makes it and all before it survive a loss of power.
    public func record(_ state: RunState, reason: String, iteration: Int) throws(EosError) {
        try synchronously { db in
            try db.execute(
                sql: "INSERT INTO states (time, state, reason, iteration) VALUES (?, ?, ?, ?)",
                arguments: [Date().timeIntervalSince1970, state.rawValue, reason, iteration])
        }
    }

    public func record(facts: [(name: String, value: String)]) throws(EosError) {
        try perform { db in
            let statement = try db.cachedStatement(sql: "INSERT OR REPLACE INTO facts VALUES (?, ?)")
            for fact in facts { try statement.execute(arguments: [fact.name, fact.value]) }
        }
    }

    /// Adds what was recorded of some iterates, in one transaction.
    func append(_ iterates: [IterateRecord], _ probes: [ProbeRecord]) throws(EosError) {
        try perform { db in
            let row = try db.cachedStatement(sql: "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            for one in iterates {
                row.setUncheckedArguments([
                    one.iteration, one.loss, one.gradientNorm, one.step, one.trials, one.reason, one.valueEvaluations,
                    one.gradientEvaluations, one.curvatureProducts, one.seconds,
                ])
                try row.execute()
            }
            let probe = try db.cachedStatement(sql: "INSERT OR REPLACE INTO probes VALUES (?, ?, ?, ?, ?)")
            for one in probes {
                probe.setUncheckedArguments([one.iteration, one.name, one.value, one.residual, one.converged])
                try probe.execute()
            }
        }
    }

    func record(checkpoint iteration: Int, bytes: Int) throws(EosError) {
        try perform { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)",
                arguments: [iteration, Date().timeIntervalSince1970, bytes])
        }
    }

    /// Makes all that was written survive a loss of power.
    func synchronise() throws(EosError) {
        try synchronously { db in
            try db.execute(sql: "INSERT OR REPLACE INTO facts VALUES ('synchronised', ?)", arguments: ["\(Date())"])
        }
    }

    /// Forgets what was recorded after `iteration`, from which the run goes on.
    ///
    /// - Returns: the last iteration recorded (-1: none) and how many there are.
    public func rewind(to iteration: Int) throws(EosError) -> (last: Int, count: Int) {
        try perform { db in
            for table in ["metrics", "probes", "checkpoints"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE iteration > ?", arguments: [iteration])
            }
            return (
                try Int.fetchOne(db, sql: "SELECT max(iteration) FROM metrics") ?? -1,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM metrics") ?? 0
            )
        }
    }

    /// A transaction whose commit waits for the disk, and with it for all earlier ones.
    private func synchronously(_ body: (Database) throws -> Void) throws(EosError) {
        do {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                defer { try? db.execute(sql: "PRAGMA synchronous = NORMAL") }
                try db.inTransaction(.immediate) {
                    try body(db)
                    return .commit
                }
            }
        } catch {
            throw EosError.database(path, error)
        }
    }
}
