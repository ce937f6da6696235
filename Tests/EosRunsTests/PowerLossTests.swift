import EosCore
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

    /// A whole run: what it finds, with its records as they were at that moment, goes on to the same bits.
    @Test func wholeRunsGoOnToTheSameBits() throws {
        struct Snapshot {
            let outcomes: Set<RecordedDisk.Files>
            let records: [String: Data]
        }
        let scratch = Scratch()
        let spec = try makeSpec(durableRun)
        let root = scratch.path + "/run"
        let snapshots = Mutex<[Snapshot]>([])
        let disk = RecordedDisk { disk in
            var records: [String: Data] = [:]
            for name in ["run.db", "run.db-wal"] {
                records[name] = try? Data(contentsOf: URL(filePath: "\(root)/\(name)"))
            }
            let snapshot = Snapshot(outcomes: disk.outcomes, records: records)
            snapshots.withLock { $0.append(snapshot) }
        }
        let session = try RunSession.begin(
            spec, objective: try TestObjective.make(), policy: try makePolicy(spec), files: disk.operations
        ) { () throws(EosError) in try RunDirectory.create(at: root) }
        let begun = snapshots.withLock(\.count)
        _ = try session.run()
        let expected = try Left(session.directory)

        var seen: Set<RecordedDisk.Files> = []
        for (number, snapshot) in snapshots.withLock({ $0 }).enumerated() {
            for files in snapshot.outcomes where seen.insert(files).inserted {
                let place: Comment = "call \(number): \(files.mapValues(\.count))"
                let found = "\(scratch.path)/found-\(seen.count)"
                try FileManager.default.createDirectory(atPath: found + "/ckpt", withIntermediateDirectories: true)
                try restore(files, from: root, to: found)
                for (name, content) in snapshot.records { try content.write(to: URL(filePath: "\(found)/\(name)")) }
                defer { try? FileManager.default.removeItem(atPath: found) }
                guard FileManager.default.fileExists(atPath: found + "/spec.toml") else {
                    #expect(number < begun, place)
                    continue
                }
                let directory = try RunDirectory.open(found)
                #expect(try String(contentsOfFile: directory.spec, encoding: .utf8) == spec.text, place)
                var warnings: [String] = []
                let again = try resume(spec, directory, warnings: &warnings)
                #expect(try again.run().state == .budgetExhausted, place)
                #expect(try Left(directory).withoutEnds == expected.withoutEnds, place)
            }
        }
        #expect(seen.count > 60)
    }
}
