import CEos
import EosCore
import Foundation
import GRDB
import Synchronization

/// `run.db`: what a run recorded. SQLite in WAL mode, so that others read while the run writes; the run is the only
/// writer.
public final class RunDatabase: Sendable {
    /// Of the tables below; a database with a larger one was written by a later version.
    static let version = 3
    /// A database from here on is read as it is, and brought up to date by whoever writes to it.
    static let oldestVersion = 2

    /// The fact that holds the smallest loss of all iterates, recorded or not.
    static let bestLossFact = "best_loss"
    /// The fact that holds the largest interval between recorded iterates that the run has had.
    static let telemetryFact = "telemetry.every"

    let path: String
    let queue: DatabaseQueue
    private let newest = Atomic(0)
    /// The state that this object recorded last: when that was by the records, and by the clock that nobody sets.
    let clock = Mutex<(time: Double, monotonic: Double)?>(nil)

    /// Sequence number of the last event that this object wrote or read; 0: none.
    public var lastEvent: Int { newest.load(ordering: .acquiring) }

    func note(event sequence: Int) { newest.max(sequence, ordering: .acquiringAndReleasing) }

    /// Creates the database of a new run.
    public static func create(_ directory: RunDirectory) throws(EosError) -> RunDatabase {
        let database = try RunDatabase(directory, readOnly: false)
        try database.perform { db in try db.execute(sql: schema) }
        return database
    }

    /// Opens the database of an existing run.
    ///
    /// - Throws: `EOS_E_FORMAT` where it is damaged or of a later version.
    public static func open(_ directory: RunDirectory, readOnly: Bool) throws(EosError) -> RunDatabase {
        let database = try RunDatabase(directory, readOnly: readOnly)
        let version = try database.perform { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            if (oldestVersion...Self.version).contains(version) { try bringUpToDate(db, readOnly: readOnly) }
            return version
        }
        guard (oldestVersion...Self.version).contains(version) else {
            throw EosError(
                EOS_E_FORMAT,
                "\(database.path): its version is \(version), this eos reads versions \(oldestVersion) to "
                    + "\(Self.version); "
                    + (version > Self.version
                        ? "use a later version of eos"
                        : "it is incomplete or not the database of a run; make a new one with --resume"))
        }
        return database
    }

    private init(_ directory: RunDirectory, readOnly: Bool) throws(EosError) {
        path = directory.database
        try Self.requireFiles(path)
        var configuration = GRDB.Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // In KiB: a daemon has many of them open.
            try db.execute(sql: "PRAGMA cache_size = \(readOnly ? -256 : -2000)")
            if !readOnly {
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
            }
        }
        do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch {
            throw EosError.database(path, error)
        }
    }

    /// Refuses what SQLite would wait for without end, in the place of the database or of a file that belongs to it.
    static func requireFiles(_ path: String) throws(EosError) {
        for part in ["", "-wal", "-shm", "-journal"] {
            if let fault = RegularFile.fault(path + part), case .kind = fault {
                throw EosError.file(path + part, fault)
            }
        }
    }

    /// One transaction; all or nothing.
    func perform<Result>(_ body: (Database) throws -> Result) throws(EosError) -> Result {
        do {
            if queue.configuration.readonly { return try queue.read(body) }
            return try queue.writeWithoutTransaction { db in
                var result: Result?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                return result!
            }
        } catch {
            throw EosError.database(path, error)
        }
    }

    /// Closes the file; later calls fail.
    public func close() throws(EosError) {
        do { try queue.close() } catch { throw EosError.database(path, error) }
    }

    /// Strict and with limits, so that a check finds values that can't be.
    static let schema = """
        PRAGMA user_version = \(version);
        CREATE TABLE facts (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) WITHOUT ROWID, STRICT;
        CREATE TABLE states (
            sequence INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            iteration INTEGER NOT NULL,
            signal INTEGER, exit_code INTEGER
        ) STRICT;
        \(table)
        CREATE TABLE probes (
            iteration INTEGER NOT NULL CHECK (iteration >= 0),
            name TEXT NOT NULL,
            value REAL, residual REAL,
            converged INTEGER NOT NULL,
            PRIMARY KEY (iteration, name)
        ) WITHOUT ROWID, STRICT;
        CREATE TABLE checkpoints (
            iteration INTEGER PRIMARY KEY NOT NULL CHECK (iteration >= 0),
            time REAL NOT NULL,
            bytes INTEGER NOT NULL
        ) WITHOUT ROWID, STRICT;
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            time REAL NOT NULL,
            kind TEXT NOT NULL,
            data TEXT NOT NULL
        ) STRICT;
        INSERT INTO facts VALUES ('version', '\(version)');
        """
}

extension EosError {
    private static let damageRemedy =
        "restore it from a copy, or continue with --resume, which keeps the records that it can read"

    /// What SQLite said, and what helps.
    static func database(_ path: String, _ error: any Error) -> EosError {
        if error is RowDecodingError {
            return EosError(EOS_E_FORMAT, "\(path): a row holds an invalid value; \(damageRemedy)")
        }
        guard let error = error as? DatabaseError else { return EosError(EOS_E_IO, "\(path): \(error)") }
        let text = oneLine(error.message ?? "\(error.resultCode)")
        switch error.resultCode {
        case .SQLITE_FULL:
            return EosError(
                EOS_E_IO, "\(path): no space is left on the disk; free some space and continue with --resume")
        case .SQLITE_IOERR:
            return EosError(EOS_E_IO, "\(path): \(text); check the disk (space, ulimit -f) and continue with --resume")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return EosError(EOS_E_IO, "\(path): \(text); check the permissions of the run directory")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return EosError(EOS_E_FORMAT, "\(path): \(text); \(damageRemedy)")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return EosError(EOS_E_IO, "\(path): another process has locked it; wait for the process and try again")
        default: return EosError(EOS_E_IO, "\(path): \(text)")
        }
    }
}
