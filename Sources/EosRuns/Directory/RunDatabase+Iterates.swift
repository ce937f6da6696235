import EosRunModel
import GRDB
import GRDBSQLite

/// The table of iterates, whose columns are those of `RunColumn`.
extension RunDatabase {
    static let columns = RunColumn.shown(in: .table)

    static var table: String {
        """
        CREATE TABLE iterates (
            \(columns.map { "\($0.name) \($0.sqlType)" }.joined(separator: ",\n    "))
        ) WITHOUT ROWID, STRICT;
        """
    }

    /// The table of iterates as it is there, and which of the columns it has: an earlier eos called it metrics, and
    /// recorded fewer numbers.
    static func found(_ db: Database) throws -> (table: String, columns: [String]) {
        let table = try db.tableExists("iterates") ? "iterates" : "metrics"
        return (table, try db.columns(in: table).map(\.name))
    }

    /// Makes the table of an earlier eos that of this one: for good, or for a reader as a view. Numbers that were not
    /// recorded then are not known.
    static func bringUpToDate(_ db: Database, readOnly: Bool) throws {
        let (table, known) = try found(db)
        let shared = columns.map(\.name).filter(known.contains)
        guard table != "iterates" || shared.count < columns.count else { return }
        if readOnly {
            let list = columns.map { known.contains($0.name) ? $0.name : "NULL AS \($0.name)" }.joined(separator: ", ")
            return try db.execute(sql: "CREATE TEMP VIEW iterates AS SELECT \(list) FROM main.\(table)")
        }
        let list = shared.joined(separator: ", ")
        try db.execute(
            sql: """
                ALTER TABLE \(table) RENAME TO earlier;
                \(Self.table)
                INSERT INTO iterates (\(list)) SELECT \(list) FROM earlier;
                DROP TABLE earlier;
                PRAGMA user_version = \(version);
                INSERT OR REPLACE INTO facts VALUES ('version', '\(version)');
                """)
    }

    /// By SQLite's own calls: at ten thousand iterates a second GRDB's arguments cost more than the row.
    static func insert(_ one: RunNumbers, _ row: SQLiteStatement, _ db: Database) throws {
        for (index, column) in columns.enumerated() {
            let place = Int32(index + 1)
            switch (column.kind, one[column]) {
            case (.real, let value?): sqlite3_bind_double(row, place, value)
            case (.count, let value?), (.flag, let value?): sqlite3_bind_int64(row, place, Int64(value))
            case (_, nil): sqlite3_bind_null(row, place)
            }
        }
        let code = sqlite3_step(row)
        sqlite3_reset(row)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
    }

    static let insertion = """
        INSERT INTO iterates (\(names)) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        """
    static let names = columns.map(\.name).joined(separator: ", ")

    /// Of a row of `SELECT names`. Throws, because a damaged file may hold anything: a reader goes on without it.
    static func iterate(_ row: Row) throws -> RunNumbers {
        var numbers = RunNumbers()
        for (index, column) in columns.enumerated() {
            switch column.kind {
            case .real: numbers[column] = try row.decode(Double?.self, atIndex: index)
            case .count, .flag: numbers[column] = try row.decode(Int?.self, atIndex: index).map { Double($0) }
            }
        }
        return numbers
    }
}

extension RunColumn {
    fileprivate var sqlType: String {
        switch kind {
        case .count where self == .iteration: "INTEGER PRIMARY KEY NOT NULL CHECK (iteration >= 0)"
        case .count, .flag: "INTEGER"
        case .real: "REAL"
        }
    }
}

/// A measurement at an iterate: `sharpness` (`sharpness.2` for the second eigenvalue) or a metric of the objective.
public struct ProbeRecord: Sendable, Equatable {
    public var iteration: Int
    public var name: String
    /// nil: it is not a number.
    public var value: Double?
    /// Of an eigenvalue; nil for a metric.
    public var residual: Double?
    public var converged: Bool

    public init(iteration: Int, name: String, value: Double?, residual: Double? = nil, converged: Bool = true) {
        self.iteration = iteration
        self.name = name
        self.value = value.flatMap(\.known)
        self.residual = residual.flatMap(\.known)
        self.converged = converged
    }

    /// "sharpness", "sharpness.2".
    public static func sharpness(_ index: Int) -> String { index == 0 ? "sharpness" : "sharpness.\(index + 1)" }
}
