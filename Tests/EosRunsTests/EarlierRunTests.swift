import EosCore
import EosRunModel
import EosRuns
import Foundation
import GRDBSQLite
import Testing

/// Run directories of an earlier eos, whose table of iterates had another name and other columns.
@Suite struct EarlierRunTests {
    private func execute(_ sql: String, _ directory: RunDirectory) throws {
        var database: OpaquePointer?
        #expect(sqlite3_open(directory.database, &database) == SQLITE_OK)
        defer { sqlite3_close(database) }
        var fault: UnsafeMutablePointer<CChar>?
        #expect(
            sqlite3_exec(database, sql, nil, nil, &fault) == SQLITE_OK, "\(fault.map { String(cString: $0) } ?? "")")
    }

    /// A run of 40 iterations, and a copy of it as version 2 left one.
    private func runs(_ scratch: Scratch) throws -> (now: RunDirectory, earlier: RunDirectory, spec: RunSpec) {
        let spec = try makeSpec(durableRun, "checkpoint.every_seconds=0", "stop.iterations=40")
        let session = try begin(spec, scratch)
        _ = try session.run()
        let earlier = try copy(session.directory, in: scratch)
        try execute(
            """
            CREATE TABLE metrics (
                iteration INTEGER PRIMARY KEY NOT NULL CHECK (iteration >= 0),
                loss REAL, gradient_norm REAL, step REAL,
                trials INTEGER NOT NULL, reason INTEGER NOT NULL,
                value_evaluations INTEGER NOT NULL, gradient_evaluations INTEGER NOT NULL,
                curvature_products INTEGER NOT NULL,
                seconds REAL NOT NULL
            ) WITHOUT ROWID, STRICT;
            INSERT INTO metrics SELECT iteration, loss, gradient_norm, step, trials, reason, value_evaluations,
                gradient_evaluations, curvature_products, seconds FROM iterates;
            DROP TABLE iterates;
            UPDATE events SET kind = 'metrics' WHERE kind = 'iterates';
            UPDATE facts SET value = '2' WHERE name = 'version';
            PRAGMA user_version = 2;
            """, earlier)
        return (session.directory, earlier, spec)
    }

    private static let columns = ["iteration", "loss", "gradient_norm", "step", "trials", "seconds"]

    private func lines(_ directory: RunDirectory) throws -> [[String]] {
        let export = try CSVExport(try RunDatabase.open(directory, readOnly: true))
        let indices = Self.columns.map { export.columns.firstIndex(of: $0)! }
        var lines: [[String]] = []
        try export.forEachRow { row in
            let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            lines.append(indices.map { cells[$0] })
        }
        return lines
    }

    @Test func areReadAsTheyAre() throws {
        let scratch = Scratch()
        let (now, earlier, _) = try runs(scratch)
        let before = FileManager.default.contents(atPath: earlier.database)
        #expect(try lines(earlier) == lines(now) && lines(earlier).count == 41)
        let reports = (try RunReport.read(now), try RunReport.read(earlier))
        for column in [RunColumn.loss, .initialLoss, .bestLoss, .valueEvaluations, .seconds, .sharpness] {
            #expect(reports.0.summary.numbers[column] == reports.1.summary.numbers[column], "\(column)")
        }
        let events = try RunDatabase.open(earlier, readOnly: true).events(after: 0, limit: 1000, of: "run")
        #expect(events.contains { $0.kind == .iterates })
        #expect(FileManager.default.contents(atPath: earlier.database) == before)
    }

    @Test func areGoneOnWith() throws {
        let scratch = Scratch()
        let (now, earlier, _) = try runs(scratch)
        let more = try makeSpec(durableRun, "checkpoint.every_seconds=0", "stop.iterations=60")
        var warnings: [String] = []
        for directory in [now, earlier] {
            #expect(try resume(more, directory, warnings: &warnings).run().numbers.iteration == 60)
        }
        #expect(warnings.isEmpty, "\(warnings)")
        // But for the seconds, which differ, and for what an earlier eos did not record.
        #expect(try lines(earlier).map { $0.dropLast() } == lines(now).map { $0.dropLast() })
        #expect(!FileManager.default.fileExists(atPath: earlier.database + ".damaged-1"))
    }

    /// A column that is missing is not known, one that is too many is no run's.
    @Test func numbersThatWereNotRecordedAreUnknown() throws {
        let scratch = Scratch()
        let (now, _, _) = try runs(scratch)
        try execute("ALTER TABLE iterates DROP COLUMN gradient_norm", now)
        var seen = 0
        try RunDatabase.open(now, readOnly: true).forEachIterate { iterate, _ in
            seen += iterate[.gradientNorm] == nil && iterate[.loss] != nil ? 1 : 0
        }
        #expect(seen == 41)
        let more = try makeSpec(durableRun, "stop.iterations=45")
        var warnings: [String] = []
        _ = try resume(more, now, warnings: &warnings).run()
        #expect(warnings.isEmpty, "\(warnings)")
        let last = try #require(try RunDatabase.open(now, readOnly: true).ends()?.last)
        #expect(last.iteration == 45 && last[.gradientNorm] != nil)
    }

    @Test(arguments: [1, 4]) func otherVersionsAreRefusedByASentence(_ version: Int) throws {
        let scratch = Scratch()
        let (now, _, _) = try runs(scratch)
        try execute(
            "UPDATE facts SET value = '\(version)' WHERE name = 'version'; PRAGMA user_version = \(version)", now)
        let error = #expect(throws: EosError.self) { try RunDatabase.open(now, readOnly: true) }
        #expect(error?.message.contains("its version is \(version), this eos reads versions 2 to 3") == true)
    }
}
