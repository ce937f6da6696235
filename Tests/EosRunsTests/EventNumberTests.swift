import EosCore
import EosRuns
import Foundation
import Testing

/// Numbers of events are never given twice, whatever becomes of the database.
@Suite struct EventNumberTests {
    @Test func aNewDatabaseGoesOnFarBehindTheOldNumbers() throws {
        let scratch = Scratch()
        let session = try begin(try makeSpec(durableRun), scratch)
        _ = try session.run()
        let directory = try copy(session.directory, in: scratch)
        let last = try RunDatabase.open(directory, readOnly: true).lastEventSequence()
        #expect(last > 5)
        for part in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: directory.database + part) }
        try Data(repeating: 0x5a, count: 20_000).write(to: URL(filePath: directory.database))
        var warnings: [String] = []
        let next = try resume(try makeSpec(durableRun, "stop.iterations=8"), directory, warnings: &warnings)
        _ = try next.run()
        #expect(warnings.first?.contains("a new one takes its place") == true)
        let events = try RunDatabase.open(directory, readOnly: true).events(after: 0, limit: 1000, of: "run")
        #expect(events.count > 2 && events.allSatisfy { $0.sequence > last + 1000 })
    }
}
