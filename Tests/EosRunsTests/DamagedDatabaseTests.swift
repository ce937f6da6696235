import CEos
import EosCore
import EosRuns
import Foundation
import RunTestSupport
import Testing

/// Whatever becomes of run.db, the run goes on from its checkpoint, and what was lost is said.
@Suite struct DamagedDatabaseTests {
    private struct Scene {
        let scratch = Scratch()
        let spec: RunSpec
        /// Has no journal: all of the records are in run.db.
        let directory: RunDirectory
        let expected: Left

        init(iterations: Int) throws {
            spec = try makeSpec(durableRun, "stop.iterations=\(iterations)", "checkpoint.every_seconds=0")
            do {
                let session = try begin(spec, scratch)
                _ = try session.run()
                directory = session.directory
                expected = try Left(directory)
            }
            #expect(!FileManager.default.fileExists(atPath: directory.database + "-wal"))
        }

        /// Resumes a copy whose database `damage` was done to.
        func resumed(_ damage: (RunDirectory) throws -> Void) throws -> (RunDirectory, warnings: [String]) {
            let directory = try copy(self.directory, in: scratch)
            try damage(directory)
            // Readers that come first say so as well, and live.
            let reading = Result { _ = try Left(directory) }
            if case .failure(let error) = reading {
                #expect((error as? EosError)?.message.hasPrefix(directory.database) == true, "\(error)")
            }
            var warnings: [String] = []
            let session = try resume(spec, directory, warnings: &warnings)
            #expect(try session.run().state == .budgetExhausted)
            let left = try Left(directory)
            #expect(left.parameters == expected.parameters)
            #expect(left.iterates.map(\.iteration).allSatisfy { (0..<expected.iterates.count).contains($0) })
            if !warnings.isEmpty {
                let log = try String(contentsOfFile: directory.log, encoding: .utf8)
                #expect(warnings.allSatisfy { log.contains("warning: \($0)") })
            }
            return (directory, warnings)
        }
    }

    private func asides(_ directory: RunDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.hasPrefix("run.db.damaged-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.sorted()
    }

    private func edit(_ path: String, _ body: (inout Data) -> Void) throws {
        var content = try Data(contentsOf: URL(filePath: path))
        body(&content)
        try content.write(to: URL(filePath: path))
    }

    @Test func fallsThatAreWhollyLostAreReplaced() throws {
        let scene = try Scene(iterations: 40)
        let damages: [(String, String, (RunDirectory) throws -> Void)] = [
            ("empty", "is empty", { try Data().write(to: URL(filePath: $0.database)) }),
            (
                "garbage", "file is not a database",
                { try Data(repeating: 7, count: 9999).write(to: URL(filePath: $0.database)) }
            ),
            ("a text", "file is not a database", { try Data("hello".utf8).write(to: URL(filePath: $0.database)) }),
            ("cut within its header", "damaged", { try self.edit($0.database) { $0 = $0.prefix(50) } }),
            (
                "a directory", "is a directory, not a regular file",
                {
                    try FileManager.default.removeItem(atPath: $0.database)
                    try FileManager.default.createDirectory(atPath: $0.database, withIntermediateDirectories: false)
                }
            ),
            ("an earlier version", "its version is 1", { try self.edit($0.database) { $0[63] = 1 } }),
            ("a flipped version", "its version is 67", { try self.edit($0.database) { $0[63] ^= 64 } }),
        ]
        for (what, sentence, damage) in damages {
            let (directory, warnings) = try scene.resumed(damage)
            let first = try #require(warnings.first, "\(what)")
            #expect(first.contains(sentence), "\(what): \(first)")
            #expect(first.contains("renamed to run.db.damaged-1"), "\(what): \(first)")
            #expect(try asides(directory) == ["run.db.damaged-1"], "\(what)")
            let facts = try RunDatabase.open(directory, readOnly: true).facts()
            #expect(facts["metrics"] == "distance" && facts["dimension"] == "6", "\(what)")
            if try Left(directory).iterates.count < 41 {
                #expect(warnings.last?.contains("iterations up to 40 have no records") == true, "\(what): \(warnings)")
            }
        }
    }

    @Test func aMissingOneIsMadeAnew() throws {
        let scene = try Scene(iterations: 40)
        let (directory, warnings) = try scene.resumed { try FileManager.default.removeItem(atPath: $0.database) }
        #expect(warnings.first?.contains("run.db is missing; a new one replaces it") == true)
        #expect(warnings.last?.contains("41 of the iterations up to 40 have no records") == true)
        #expect(try asides(directory).isEmpty)
    }

    @Test func aLaterVersionIsLeftAlone() throws {
        let scene = try Scene(iterations: 5)
        let directory = try copy(scene.directory, in: scene.scratch)
        try edit(directory.database) { content in
            content[63] = 9
            // The version stands among the facts, too.
            let place = content.range(of: Data("version3".utf8))!
            content[place.upperBound - 1] = UInt8(ascii: "9")
        }
        let before = try Data(contentsOf: URL(filePath: directory.database))
        var warnings: [String] = []
        let error = #expect(throws: EosError.self) { try resume(scene.spec, directory, warnings: &warnings) }
        #expect(error?.message.contains("use a later version of eos") == true)
        #expect(warnings.isEmpty)
        #expect(try Data(contentsOf: URL(filePath: directory.database)) == before)
    }

    @Test func everyByteOfTheHeader() throws {
        let scene = try Scene(iterations: 5)
        for byte in 0..<100 {
            #expect(throws: Never.self, "byte \(byte)") {
                try scene.resumed { try self.edit($0.database) { $0[byte] ^= 1 << UInt8(byte % 8) } }
            }
        }
    }

    @Test func flippedBitsAndCutsAnywhere() throws {
        let scene = try Scene(iterations: 400)
        let size = try Data(contentsOf: URL(filePath: scene.directory.database)).count
        #expect(size > 40_000)
        var random = Chance()
        let seed: Comment = "EOS_TEST_SEED=\(random.seed)"
        var replaced = 0
        for number in 0..<60 {
            let places = (0..<(number % 3 == 0 ? 1 : 50)).map { _ in Int.random(in: 0..<size * 8, using: &random) }
            let (_, warnings) = try scene.resumed { directory in
                try self.edit(directory.database) { content in
                    for place in places { content[place / 8] ^= 1 << UInt8(place % 8) }
                }
            }
            if warnings.contains(where: { $0.contains("was renamed to run.db.damaged-1") }) { replaced += 1 }
        }
        #expect(replaced > 10, seed)
        for _ in 0..<20 {
            // What is missing of the last page reads as zeros, which it may have held.
            let length = Int.random(in: 1..<size - 4096, using: &random)
            let (directory, warnings) = try scene.resumed { try self.edit($0.database) { $0 = $0.prefix(length) } }
            #expect(
                warnings.contains { $0.contains("was renamed to run.db.damaged-1") },
                "cut to \(length): \(warnings), \(seed)")
            #expect(try asides(directory) == ["run.db.damaged-1"])
        }
    }

    /// One page in the middle: what lies before and behind it is kept.
    @Test func whatCanBeReadIsKept() throws {
        let scene = try Scene(iterations: 2000)
        let (directory, warnings) = try scene.resumed { directory in
            try self.edit(directory.database) { content in
                let middle = content.count / 4096 / 2 * 4096
                content.replaceSubrange(middle..<middle + 4096, with: Data(repeating: 0xff, count: 4096))
            }
        }
        let left = try Left(directory)
        let lost = 2001 - left.iterates.count
        #expect((1..<200).contains(lost), "\(lost)")
        #expect(warnings.last?.contains("\(lost) of the iterations up to 2000 have no records") == true, "\(warnings)")
        let whole = Dictionary(uniqueKeysWithValues: scene.expected.iterates.map { ($0.iteration, $0) })
        #expect(left.iterates.allSatisfy { whole[$0.iteration] == $0 })
        let states = try RunDatabase.open(directory, readOnly: true).states()
        #expect(states.count > 4)
    }

    /// While another process has the database open, SQLite leaves the journal where it is. Its records are kept, too.
    @Test func recordsOfTheJournalAreKept() throws {
        let scene = try Scene(iterations: 2000)
        var other: RunDatabase?
        let (directory, warnings) = try scene.resumed { directory in
            let before = try Data(contentsOf: URL(filePath: directory.database))
            other = try RunDatabase.open(directory, readOnly: false)
            try other?.record(facts: [("witness", "of the journal alone")])
            #expect(try Data(contentsOf: URL(filePath: directory.database)) == before)
            try self.edit(directory.database) { content in
                let middle = content.count / 4096 / 2 * 4096
                content.replaceSubrange(middle..<middle + 4096, with: Data(repeating: 0xff, count: 4096))
            }
        }
        withExtendedLifetime(other) {}
        #expect(warnings.first?.contains("renamed to run.db.damaged-1") == true, "\(warnings)")
        #expect(try RunDatabase.open(directory, readOnly: true).facts()["witness"] == "of the journal alone")
    }

    /// Killed before anything was moved from the journal to the file, and the journal is gone or damaged.
    @Test func aLostJournalIsNoticed() throws {
        let scratch = Scratch()
        let spec = try makeSpec(durableRun, "stop.iterations=60")
        let session = try begin(spec, scratch)
        var killed: RunDirectory?
        session.onProgress = { if $0.iteration == 60 { killed = try? copy(session.directory, in: scratch) } }
        _ = try session.run()
        let expected = try Left(session.directory)
        for damage in ["none", "missing", "cut", "flipped", "of another file"] {
            let directory = try copy(try #require(killed), in: scratch)
            let journal = directory.database + "-wal"
            try FileManager.default.removeItem(atPath: directory.database + "-shm")
            switch damage {
            case "missing": try FileManager.default.removeItem(atPath: journal)
            case "cut": try edit(journal) { $0 = $0.prefix($0.count / 2) }
            case "flipped": try edit(journal) { $0[$0.count / 3] ^= 1 }
            case "of another file":
                try edit(journal) { $0 = Data((0..<$0.count).map { UInt8(truncatingIfNeeded: $0) }) }
            default: break
            }
            var warnings: [String] = []
            _ = try resume(spec, directory, warnings: &warnings).run()
            let left = try Left(directory)
            #expect(left.parameters == expected.parameters)
            #expect(warnings.isEmpty == (left.iterates == expected.iterates), "\(damage): \(warnings)")
            #expect(warnings.isEmpty == (damage == "none"), "\(damage): \(warnings)")
        }
    }

    /// Set aside again and again: no damaged file takes the place of another.
    @Test func everyDamagedOneKeepsAName() throws {
        let scene = try Scene(iterations: 5)
        let directory = try copy(scene.directory, in: scene.scratch)
        for number in 1...3 {
            try Data("damage \(number)".utf8).write(to: URL(filePath: directory.database))
            var warnings: [String] = []
            _ = try resume(scene.spec, directory, warnings: &warnings).run()
            #expect(warnings.first?.contains("run.db.damaged-\(number)") == true)
        }
        for number in 1...3 {
            #expect(
                try String(contentsOfFile: directory.database + ".damaged-\(number)", encoding: .utf8)
                    == "damage \(number)")
        }
    }
}

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
        #expect(warnings.first?.contains("a new one replaces it") == true)
        let events = try RunDatabase.open(directory, readOnly: true).events(after: 0, limit: 1000, of: "run")
        #expect(events.count > 2 && events.allSatisfy { $0.sequence > last + 1000 })
    }
}
