import CEos
import EosCore
import EosRuns
import Foundation
import Synchronization
import Testing

private let text = """
    name = "rosen"
    [objective]
    plugin = "rosen"
    seed = 4
    [policy]
    name = "nls"
    [stop]
    iterations = 60
    [probes.sharpness]
    every = 7
    count = 2
    [probes.metrics]
    every = 5
    """

@Suite struct RunSessionTests {
    @Test func aRunRecordsEverything() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text)
        let session = try begin(spec, scratch)
        var seen: [Int64] = []
        session.onProgress = { seen.append($0.iteration) }
        let summary = try session.run()
        #expect(summary.state == .budgetExhausted && summary.numbers.iteration == 60)
        #expect(summary.reason == "the limit of 60 iterations was reached")
        #expect(seen == Array(0...60))
        #expect(summary.metrics.map(\.name) == ["distance"])
        #expect(summary.parameters == session.directory.checkpoints + "/60.safetensors")
        #expect(
            summary.numbers[.initialLoss]! > summary.numbers[.bestLoss]! && summary.numbers[.sharpness]! > 0
                && summary.numbers[.seconds]! >= 0)

        let left = try Left(session.directory)
        #expect(left.iterates.map(\.iteration) == Array(0...60))
        #expect(left.iterates.last?[.loss] == summary.numbers[.loss])
        #expect(left.iterates.last?[.valueEvaluations] == summary.numbers[.valueEvaluations])
        let measured = left.probes.filter { $0.name == "sharpness" }.map(\.iteration)
        #expect(measured == Array(stride(from: 0, through: 60, by: 7)) + [60])
        #expect(left.probes.filter { $0.name == "sharpness.2" }.count == measured.count)
        #expect(
            left.probes.filter { $0.name == "distance" }.map(\.iteration) == Array(stride(from: 0, through: 60, by: 5)))
        let database = try RunDatabase.open(session.directory, readOnly: true)
        #expect(try database.states().map(\.state) == [.starting, .running, .budgetExhausted])
        #expect(try database.facts()["id"] == session.directory.id)
        #expect(try String(contentsOfFile: session.directory.spec, encoding: .utf8) == spec.text)
    }

    @Test(arguments: ["nls", "nls-ub", "gll", "bb1", "adgd", "cdat"])
    func stoppedAndResumedAnywhereGivesTheSameBits(policy: String) throws {
        let scratch = Scratch()
        let overrides = "policy.name=\(policy)"
        let spec = try makeSpec(text, overrides, policy == "nls-ub" ? "policy.cap=0.5" : "policy.name=\(policy)")
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)

        for stops in [[1], [30], [0, 13, 14, 59]] {
            var session = try begin(spec, scratch)
            for stop in stops {
                let handle = session.control
                session.onProgress = { if $0.iteration == stop { handle.stop() } }
                let summary = try session.run()
                #expect(summary.state == .paused && summary.numbers.iteration == stop)
                var warnings: [String] = []
                let directory = session.directory
                session = try begin(spec, scratch)  // Lets go of the lock.
                session = try resume(spec, directory, warnings: &warnings)
                #expect(warnings.isEmpty)
            }
            let summary = try session.run()
            #expect(summary.state == .budgetExhausted)
            // A pause measures the metrics once more: a probe, which changes nothing.
            var left = try Left(session.directory)
            left.probes.removeAll { $0.name == "distance" && $0.iteration % 5 != 0 }
            #expect(left == expected, "\(policy), stopped at \(stops)")
        }
    }

    @Test func killedItGoesOnFromTheLastCheckpoint() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "checkpoint.every_seconds=1e-9", "checkpoint.keep=2")
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)

        // As after a kill: checkpoints of 57 and 58 are there, records go further, no end was recorded.
        let killed = try RunDirectory.create(at: scratch.path + "/killed")
        try FileManager.default.removeItem(atPath: killed.path)
        try FileManager.default.copyItem(atPath: whole.directory.path, toPath: killed.path)
        let store = CheckpointStore(killed.checkpoints, keep: 2)
        #expect(try store.iterations() == [60, 59])
        try FileManager.default.removeItem(atPath: store.path(60))
        var warnings: [String] = []
        let session = try resume(spec, killed, warnings: &warnings)
        #expect(warnings.isEmpty)
        _ = try session.run()
        #expect(try Left(killed) == expected)
    }

    @Test func damagedCheckpointsArePassedOverAndSaidSo() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "checkpoint.every_seconds=1e-9")
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)
        let directory = whole.directory
        let store = CheckpointStore(directory.checkpoints, keep: 3)

        var content = try Data(contentsOf: URL(filePath: store.path(60)))
        content[content.count / 2] ^= 4
        try content.write(to: URL(filePath: store.path(60)))
        try Data().write(to: URL(filePath: store.path(59)))
        _ = try begin(spec, scratch)
        var warnings: [String] = []
        // The session of the first run holds the lock until it goes: a copy is as good.
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: directory.path, toPath: copy)
        let session = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
        #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains("trying the checkpoint before it") })
        #expect(warnings[0].contains("60.safetensors"))
        _ = try session.run()
        #expect(try Left(session.directory) == expected)
        let names = try FileManager.default.contentsOfDirectory(atPath: copy + "/ckpt")
        #expect(names.contains("60.safetensors.damaged") && names.contains("60.safetensors"))
    }

    @Test func withoutAnyCheckpointItStartsAgain() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text)
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: whole.directory.path, toPath: copy)
        try FileManager.default.removeItem(atPath: copy + "/ckpt/60.safetensors")
        var warnings: [String] = []
        let session = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
        _ = try session.run()
        #expect(try Left(session.directory) == expected)
    }

    @Test func aFailureOfTheObjectiveEndsTheRunAndKeepsItsState() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "probes.sharpness.every=0", "checkpoint.every_seconds=1e-9")
        let session = try begin(spec, scratch, objective: try TestObjective.make(failingAfter: 50))
        let summary = try session.run()
        #expect(summary.state == .failed && summary.reason == "the sensor came off")
        #expect(summary.numbers.iteration > 2 && summary.parameters != nil)
        let left = try Left(session.directory)
        #expect(left.iterates.map(\.iteration) == Array(0...summary.numbers.iteration))

        // With the sensor on again it goes on from the checkpoint before the failure.
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: session.directory.path, toPath: copy)
        var warnings: [String] = []
        let again = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
        #expect(warnings.contains { $0.contains("the training had failed at this checkpoint") })
        #expect(try again.run().state == .budgetExhausted)
        #expect(try Left(again.directory) == Left(whole.directory))
    }

    @Test func convergedRunsSaySoAndGoOnWithOtherLimits() throws {
        let scratch = Scratch()
        let more = try makeSpec(text)
        let whole = try begin(more, scratch)
        _ = try whole.run()
        let limit = try Left(whole.directory).iterates[20][.loss]!
        let spec = try makeSpec(text, "stop.loss=\(limit)")
        let session = try begin(spec, scratch)
        let summary = try session.run()
        #expect(summary.state == .converged && summary.numbers[.loss]! < limit)
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: session.directory.path, toPath: copy)
        var warnings: [String] = []
        let directory = try RunDirectory.open(copy)
        let error = #expect(throws: EosError.self) { try resume(spec, directory, warnings: &warnings) }
        #expect(error?.status == eos_status(EOS_E_STATE))
        #expect(error?.message.contains("--set stop.loss=0") == true)
        #expect(try resume(more, directory, warnings: &warnings).run().state == .budgetExhausted)
        // The end of the first part measured the sharpness and the metrics once more.
        var left = try Left(directory)
        left.probes.removeAll { $0.iteration == summary.numbers.iteration && $0.iteration % 35 != 0 }
        var expected = try Left(whole.directory)
        expected.probes.removeAll { $0.iteration == summary.numbers.iteration && $0.iteration % 35 != 0 }
        #expect(left == expected)
        #expect(try String(contentsOfFile: directory.spec, encoding: .utf8) == more.text)
    }

    @Test func aFullDiskPausesTheRunAndLosesNothing() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "checkpoint.every_seconds=1e-9", "stop.iterations=200", "checkpoint.keep=100")
        let system = FileOperations.system
        let written = Mutex(0)
        var files = system
        // The disk is full once so many parts have been written.
        files.write = { file, bytes in
            let number = written.withLock { count in
                count += 1
                return count
            }
            guard number < 300 else {
                errno = ENOSPC
                return -1
            }
            return system.write(file, bytes)
        }
        let session = try begin(spec, scratch, files: files)
        var warnings: [String] = []
        session.onWarning = { warnings.append($0) }
        let error = #expect(throws: EosError.self) { try session.run() }
        #expect(error?.message.contains("No space left on device") == true)
        #expect(warnings.count == 2)
        let database = try RunDatabase.open(session.directory, readOnly: true)
        #expect(try database.lastState()?.state == .paused)
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: session.directory.path, toPath: copy)
        let again = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
        _ = try again.run()
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        #expect(try Left(again.directory) == Left(whole.directory))
    }

    @Test func aRunThatCannotBeginLeavesNoDirectory() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text)
        var files = FileOperations.system
        files.rename = { _, _ in
            errno = EIO
            return -1
        }
        #expect(throws: EosError.self) { try begin(spec, scratch, files: files) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test func exportedRowsTellTheStepTakenFromTheIterate() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "stop.iterations=8")
        let session = try begin(spec, scratch)
        _ = try session.run()
        let export = try CSVExport(try RunDatabase.open(session.directory, readOnly: true))
        #expect(
            export.header
                == "iteration,loss,gradient_norm,step,trials,sharpness,step_sharpness,seconds,distance,sharpness.2")
        var rows: [[String]] = []
        try export.forEachRow {
            rows.append($0.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
        #expect(rows.map { $0[0] } == (0...8).map(String.init))
        let left = try Left(session.directory)
        for (row, next) in zip(rows, left.iterates.dropFirst()) {
            #expect(Double(row[3]) == next[.step] && Int(row[4]) == next.count(.trials))
        }
        #expect(rows[8][3].isEmpty && rows[8][4].isEmpty && rows[8][6].isEmpty && !rows[8][5].isEmpty)
        let product = try #require(Double(rows[7][6]))
        #expect(product == Double(rows[7][3])! * Double(rows[7][5])!)
        #expect(rows[1][5].isEmpty && rows[1][6].isEmpty && rows[1][8].isEmpty && !rows[5][8].isEmpty)
    }
}
