import EosCore
import Foundation
import GRDB

/// What can still be read of a damaged database.
extension RunDatabase {
    /// Rows that are copied in one transaction.
    private static let batch = 1000

    /// Copies the rows of `path` that can be read and are what the tables hold: from the first one on up to the damage,
    /// and from the last one back.
    ///
    /// - Returns: how many.
    static func salvage(_ path: String, into database: RunDatabase) -> Int {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        guard RegularFile.fault(path) == nil,
            let damaged = try? DatabaseQueue(path: path, configuration: configuration)
        else { return 0 }
        defer { try? damaged.close() }
        try? damaged.read { db in try RunDatabase.bringUpToDate(db, readOnly: true) }
        let tables = (try? database.perform { db in try Table.all(db) }) ?? []
        var rows = 0
        for table in tables {
            for order in ["ASC", "DESC"] {
                let (count, isWhole) = copy(table, order, from: damaged, into: database)
                rows += count
                if isWhole { break }
            }
        }
        return rows
    }

    private struct Table {
        let name: String
        let columns: [(name: String, type: String, isOptional: Bool)]
        let key: [String]

        static func all(_ db: Database) throws -> [Table] {
            let names = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return try names.map { name in
                let columns = try db.columns(in: name)
                return Table(
                    name: name, columns: columns.map { ($0.name, $0.type, !$0.isNotNull) },
                    key: try db.primaryKey(name).columns)
            }
        }

        func select(_ order: String) -> String {
            "SELECT \(columns.map(\.name).joined(separator: ", ")) FROM \(name) ORDER BY "
                + key.map { "\($0) \(order)" }.joined(separator: ", ")
        }

        var insert: String {
            "INSERT OR IGNORE INTO \(name) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
        }

        func accepts(_ values: [DatabaseValue]) -> Bool {
            zip(columns, values).allSatisfy { column, value in
                switch (column.type, value.storage) {
                case (_, .null): column.isOptional
                case ("INTEGER", .int64), ("REAL", .double), ("REAL", .int64), ("TEXT", .string): true
                default: false
                }
            }
        }
    }

    /// - Returns: the rows that are new, and whether all were read.
    private static func copy(
        _ table: Table, _ order: String, from damaged: DatabaseQueue, into database: RunDatabase
    ) -> (rows: Int, isWhole: Bool) {
        var rows = 0
        var waiting: [[DatabaseValue]] = []
        func write() throws {
            rows += try database.perform { db in
                let statement = try db.cachedStatement(sql: table.insert)
                return try waiting.reduce(0) { count, values in
                    try statement.execute(arguments: StatementArguments(values))
                    return count + db.changesCount
                }
            }
            waiting.removeAll()
        }
        do {
            try damaged.read { db in
                let cursor = try Row.fetchCursor(db, sql: table.select(order))
                while let row = try cursor.next() {
                    let values = Array(row.databaseValues)
                    // Behind a row that makes no sense nothing is believed.
                    guard table.accepts(values) else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
                    waiting.append(values)
                    if waiting.count == batch { try write() }
                }
            }
            try write()
            return (rows, true)
        } catch {
            try? write()
            return (rows, false)
        }
    }
}
