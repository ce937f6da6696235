import EosCore
import Foundation
import GRDB

extension RunDatabase {
    /// Opens the database of a run that goes on. One that is damaged or missing does not hold the run up: it is set
    /// aside under the first free name `run.db.damaged-N`, and a new one takes its place with what could be read of it.
    ///
    /// Only for whoever holds the run's lock.
    ///
    /// - Parameter tell: hears what was wrong, what was kept and where the damaged file is.
    /// - Returns: the database, and whether it is a new one.
    /// - Throws: `EOS_E_FORMAT` for one of a later version; `EOS_E_IO` where the file system is to blame.
    public static func openOrReplace(
        _ directory: RunDirectory, tell: (String) -> Void
    ) throws(EosError) -> (database: RunDatabase, isNew: Bool) {
        guard let fault = try fault(directory) else { return (try open(directory, readOnly: false), false) }
        let aside = try setAside(directory)
        let database = try create(directory)
        defer { try? database.leaveGap() }
        guard let aside else {
            tell("\(directory.database) \(fault); a new one replaces it, and its records are lost")
            return (database, true)
        }
        let rows = salvage(aside, into: database)
        tell(
            "\(directory.database) \(fault); it was renamed to \(URL(filePath: aside).lastPathComponent), and a new "
                + "one replaces it, with the \(rows) rows that could be read")
        return (database, true)
    }

    /// Events that could not be read had numbers, which others have seen: the next ones come far behind.
    private func leaveGap() throws(EosError) {
        try perform { db in
            let last = try Int.fetchOne(db, sql: "SELECT max(sequence) FROM events") ?? 0
            try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'events'")
            try db.execute(
                sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ?)", arguments: [last + Self.gap])
        }
    }

    private static let gap = 1 << 24

    /// What is wrong with the file, in words that follow its name; nil: nothing that can be seen.
    private static func fault(_ directory: RunDirectory) throws(EosError) -> String? {
        var status = stat()
        guard lstat(directory.database, &status) == 0 else {
            guard errno == ENOENT else { throw EosError.file(directory.database, errno) }
            return "is missing"
        }
        if status.st_mode & S_IFMT != S_IFREG {
            return RegularFile.fault(directory.database)?.sentence ?? "is a link and not a regular file"
        }
        try requireFiles(directory.database)
        guard access(directory.database, R_OK | W_OK) == 0 else { throw EosError.file(directory.database, errno) }
        if status.st_size == 0, access(directory.database + "-wal", F_OK) != 0 { return "is empty" }
        do {
            return try inspect(directory.database)
        } catch {
            guard let error = error as? DatabaseError, error.isDamage else {
                throw EosError.database(directory.database, error)
            }
            return "is damaged (\(oneLine(error.message ?? "\(error.resultCode)")))"
        }
    }

    private static func inspect(_ path: String) throws -> String? {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.inDatabase { db in
            let tables = try Self.tables(db)
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            if version > Self.version {
                // Written twice, so that a flipped bit does not pass for a later version.
                let noted = try String.fetchOne(db, sql: "SELECT value FROM facts WHERE name = 'version'")
                if noted == "\(version)" { return nil }
            }
            guard (oldestVersion...Self.version).contains(version) else {
                return version == 0 && tables.isEmpty ? "is incomplete" : "is damaged (its version is \(version))"
            }
            // A header that forbids to write shows when something is written.
            try db.execute(sql: "PRAGMA journal_mode = WAL; DELETE FROM facts WHERE name IS NULL")
            let found = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "SQLite gave no answer"
            if found != "ok" { return "is damaged (\(oneLine(found)))" }
            return try isWhole(db, tables) ? nil : "is damaged (it does not have the tables of a run)"
        }
    }

    /// The statements that made the tables.
    private static func tables(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    }

    /// Whether the tables are those of a run, now or of an earlier eos.
    private static func isWhole(_ db: Database, _ tables: [String]) throws -> Bool {
        let wanted = try DatabaseQueue().write { db in
            try db.execute(sql: schema)
            return try Self.tables(db)
        }
        if tables == wanted { return true }
        let (table, known) = try found(db)
        let isEarlier = table == "metrics" || known.count < columns.count
        guard isEarlier, known.contains("iteration"), Set(known).isSubset(of: columns.map(\.name)) else { return false }
        func others(_ tables: [String], _ name: String) -> [String] {
            tables.filter { !$0.hasPrefix("CREATE TABLE \(name) ") }
        }
        return others(tables, table) == others(wanted, "iterates")
    }

    /// Renames what lies in the database's place, with what belongs to it.
    ///
    /// - Returns: its new path; nil: nothing was there.
    private static func setAside(_ directory: RunDirectory) throws(EosError) -> String? {
        let path = directory.database
        let aside = (1...).lazy.map { "\(path).damaged-\($0)" }.first { name in
            ["", "-wal"].allSatisfy { access(name + $0, F_OK) != 0 }
        }!
        // The journal first: it holds records, and SQLite deletes a journal that lies beside a new database.
        _ = unlink(path + "-shm")
        for part in ["-wal", ""] where rename(path + part, aside + part) != 0 && errno != ENOENT {
            throw EosError.file(path + part, errno)
        }
        try FileOperations.system.synchronise(directory: directory.path)
        return access(aside, F_OK) == 0 ? aside : nil
    }
}

extension DatabaseError {
    /// Whether the content of the file is to blame, and neither the file system nor another process.
    fileprivate var isDamage: Bool {
        switch resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_PERM, .SQLITE_CANTOPEN,
            .SQLITE_INTERRUPT:
            false
        case .SQLITE_IOERR:
            // What a disk can't read back.
            [.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_CORRUPTFS, .SQLITE_IOERR_DATA]
                .contains(extendedResultCode)
        default: true
        }
    }
}
