import EosCore
import EosRunModel
import EosRuns
import Foundation
import Synchronization
import Testing

/// The power goes after any call of saving, and what was not synchronised is lost, torn or there after all.
@Suite struct PowerLossTests {
    /// What may be found, and the last checkpoint that had been written before.
    private struct Moment {
        let outcomes: Set<RecordedDisk.Files>
        let least: Int
    }

    private func restore(_ files: RecordedDisk.Files, from old: String, to new: String) throws {
        for (path, content) in files {
            try Data(content).write(to: URL(filePath: path.replacing(old, with: new)))
        }
    }

    @Test(arguments: [1, 2]) func alwaysACheckpointNotOlderThanTheOneBefore(keep: Int) throws {
        let scratch = Scratch()
        let moments = Mutex<[Moment]>([])
        let least = Mutex(-1)
        let disk = RecordedDisk { disk in
            let moment = Moment(outcomes: disk.outcomes, least: least.withLock { $0 })
            moments.withLock { $0.append(moment) }
        }
        let directory = scratch.path + "/ckpt"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        let store = CheckpointStore(directory, keep: keep, files: disk.operations)
        // New ones, and one in the place of an old one as after a run that went on from an earlier one.
        for iteration in [1, 2, 3, 3, 4] {
            try writeNumbers(store, iteration)
            least.withLock { $0 = iteration }
        }
        var seen = 0
        for (number, moment) in moments.withLock({ $0 }).enumerated() {
            for files in moment.outcomes {
                seen += 1
                let found = "\(scratch.path)/found-\(seen)"
                try FileManager.default.createDirectory(atPath: found, withIntermediateDirectories: false)
                try restore(files, from: directory, to: found)
                let store = CheckpointStore(found, keep: keep)
                let loaded = try store.iterations().first { iteration in
                    guard let state = try? store.load(iteration) else { return false }
                    return try state.numbers("x") == [Double(iteration), 2, 3]
                }
                #expect(loaded ?? -1 >= moment.least, "call \(number): \(files.mapValues(\.count))")
                try FileManager.default.removeItem(atPath: found)
            }
        }
        #expect(seen > 100)
    }

    /// A whole run: what it finds, with its records as they may be found at that moment, goes on to the same bits, and no
    /// record is missing of what came before its checkpoint.
    @Test func wholeRunsGoOnToTheSameBits() throws {
        struct Snapshot {
            let outcomes: Set<RecordedDisk.Files>
            let records: Set<RecordedDatabase.Files>
        }
        struct Found: Hashable {
            let files: RecordedDisk.Files
            let records: RecordedDatabase.Files
        }
        let scratch = Scratch()
        let spec = try makeSpec(durableRun)
        let root = scratch.path + "/run"
        let snapshots = Mutex<[Snapshot]>([])
        let database = RecordedDatabase(in: root)
        let disk = RecordedDisk { disk in
            let snapshot = Snapshot(outcomes: disk.outcomes, records: database.outcomes)
            snapshots.withLock { $0.append(snapshot) }
        }
        let session = try RunSession.begin(
            spec, objective: try TestObjective.make(), policy: try makePolicy(spec), files: disk.operations
        ) { () throws(EosError) in try RunDirectory.create(at: root) }
        let begun = snapshots.withLock(\.count)
        _ = try session.run()
        let expected = try Left(session.directory)

        var seen: Set<Found> = []
        for (number, snapshot) in snapshots.withLock({ $0 }).enumerated() {
            let pairs = snapshot.outcomes.flatMap { files in
                snapshot.records.map { Found(files: files, records: $0) }
            }
            for pair in pairs where seen.insert(pair).inserted {
                let (files, records) = (pair.files, pair.records)
                let place: Comment = "call \(number): \(files.mapValues(\.count)), \(records.mapValues(\.count))"
                let found = "\(scratch.path)/found-\(seen.count)"
                try FileManager.default.createDirectory(atPath: found + "/ckpt", withIntermediateDirectories: true)
                try restore(files, from: root, to: found)
                for (name, content) in records { try content.write(to: URL(filePath: "\(found)/\(name)")) }
                defer { try? FileManager.default.removeItem(atPath: found) }
                guard FileManager.default.fileExists(atPath: found + "/spec.toml") else {
                    #expect(number < begun, place)
                    continue
                }
                let directory = try RunDirectory.open(found)
                #expect(try String(contentsOfFile: directory.spec, encoding: .utf8) == spec.text, place)
                var warnings: [String] = []
                let again = try resume(spec, directory, warnings: &warnings)
                if number >= begun { #expect(warnings.isEmpty, "\(warnings.first ?? ""), \(place)") }
                #expect(try again.run().state == .budgetExhausted, place)
                #expect(try Left(directory).withoutEnds == expected.withoutEnds, place)
            }
        }
        #expect(seen.count > 120)
    }

    /// What a run says of itself is on the disk once it has said so, and so is all that it recorded before.
    @Test func aStateCountsOnceItIsOnTheDisk() throws {
        let scratch = Scratch()
        let root = scratch.path + "/run"
        let database = RecordedDatabase(in: root)
        /// The states and the last iterate that a loss of power leaves at least.
        func left() throws -> (states: [RunState], last: Int) {
            let found = try RunDirectory.create(at: "\(scratch.path)/found-\(UUID().uuidString)")
            for (name, content) in database.kept { try content.write(to: URL(filePath: "\(found.path)/\(name)")) }
            let database = try RunDatabase.open(found, readOnly: false)
            return (try database.states().map(\.state), try database.ends()?.last.iteration ?? -1)
        }
        let spec = try makeSpec(durableRun, "checkpoint.every_seconds=0")
        let session = try RunSession.begin(
            spec, objective: try TestObjective.make(), policy: try makePolicy(spec)
        ) { () throws(EosError) in try RunDirectory.create(at: root) }
        #expect(try left().states == [.starting])
        var seen: [RunState] = []
        session.onProgress = { if $0.iteration == 1 { seen = (try? left().states) ?? [] } }
        #expect(try session.run().state == .budgetExhausted)
        #expect(seen == [.starting, .running])
        let end = try left()
        #expect(end.states == [.starting, .running, .budgetExhausted] && end.last == 5)

        let directory = session.directory
        let records = try RunDatabase.open(directory, readOnly: false)
        for state in RunState.allCases {
            try records.record(state, reason: "it was asked for", iteration: 5)
            #expect(try left().states.last == state)
        }
    }
}
