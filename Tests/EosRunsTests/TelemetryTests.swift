import EosCore
import EosPluginHost
import EosRunModel
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
    iterations = 64
    [probes.sharpness]
    every = 0
    [probes.metrics]
    every = 0
    """

/// `telemetry.every`: fewer records of the same run.
@Suite struct TelemetryTests {
    /// 10 and the iterate after, first and last.
    private static let tens = [0, 1, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61, 64]

    @Test func recordsAreThoseOfTheSameRunButFewer() throws {
        let scratch = Scratch()
        let whole = try begin(try makeSpec(text), scratch)
        let full = try whole.run()
        let expected = try Left(whole.directory)
        let session = try begin(try makeSpec(text, "telemetry.every=10"), scratch)
        let summary = try session.run()
        let left = try Left(session.directory)
        #expect(left.iterates == expected.iterates.filter { Self.tens.contains($0.iteration) })
        #expect(left.probes == expected.probes)
        #expect(
            summary.numbers[.initialLoss]! == full.numbers[.initialLoss]!
                && summary.numbers[.loss]! == full.numbers[.loss]!)
        #expect(summary.numbers[.bestLoss]! == full.numbers[.bestLoss]!)
        #expect(
            summary.numbers[.valueEvaluations] == full.numbers[.valueEvaluations] && summary.numbers.iteration == 64)
        #expect(left.parameters == expected.parameters)
    }

    /// The smallest loss is that of an iterate which is not recorded.
    @Test func theBestLossIsThatOfAllIterates() throws {
        let scratch = Scratch()
        // Above the edge of stability the loss goes up and down.
        let keys = ["policy.name=constant", "policy.step=0.031", "stop.iterations=37", "telemetry.every=1000"]
        let session = try begin(try makeSpec(text, keys[0], keys[1], keys[2], keys[3]), scratch)
        let summary = try session.run()
        let left = try Left(session.directory)
        #expect(left.iterates.map(\.iteration) == [0, 1, 37])
        #expect(summary.numbers[.bestLoss]! < left.iterates.compactMap { $0[.loss] }.min()!)
        let database = try RunDatabase.open(session.directory, readOnly: true)
        #expect(
            try RunReport.recorded(session.directory, database).summary.numbers[.bestLoss]! == summary.numbers[
                .bestLoss]!)
    }

    @Test func stepsOfRecordedIteratesAreExported() throws {
        let scratch = Scratch()
        let whole = try begin(try makeSpec(text), scratch)
        _ = try whole.run()
        let session = try begin(try makeSpec(text, "telemetry.every=10"), scratch)
        _ = try session.run()
        func steps(_ session: RunSession) throws -> [Int: (step: String, trials: String)] {
            var steps: [Int: (String, String)] = [:]
            try CSVExport(try RunDatabase.open(session.directory, readOnly: true)).forEachRow {
                let cells = $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                steps[Int(cells[0])!] = (cells[3], cells[4])
            }
            return steps
        }
        let (all, some) = (try steps(whole), try steps(session))
        #expect(some.keys.sorted() == Self.tens)
        for iteration in stride(from: 0, to: 64, by: 10) {
            #expect(try #require(some[iteration]) == #require(all[iteration]))
        }
        #expect(some[61]?.step == "" && some[64]?.step == "")
    }

    @Test func whatIsProbedIsRecorded() throws {
        let scratch = Scratch()
        let keys = ["telemetry.every=1000", "probes.sharpness.every=25", "probes.metrics.every=20"]
        let session = try begin(try makeSpec(text, keys[0], keys[1], keys[2]), scratch)
        _ = try session.run()
        let left = try Left(session.directory)
        #expect(left.iterates.map(\.iteration) == [0, 1, 20, 21, 25, 26, 40, 41, 50, 51, 60, 61, 64])
        #expect(left.probes.filter { $0.name == "sharpness" }.map(\.iteration) == [0, 25, 50, 64])
        #expect(left.probes.filter { $0.name == "distance" }.map(\.iteration) == [0, 20, 40, 60, 64])
    }

    @Test func stoppedAndResumedAnywhereTheRecordsAreTheSame() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "telemetry.every=10")
        let whole = try begin(try makeSpec(text), scratch)
        let full = try whole.run()
        let expected = try Left(whole.directory)
        for stop in [1, 13, 20, 39] {
            let first = try begin(try makeSpec(text, "telemetry.every=10", "stop.iterations=\(stop)"), scratch)
            #expect(try first.run().state == .budgetExhausted)
            let copy = scratch.path + "/copy\(stop)"
            try FileManager.default.copyItem(atPath: first.directory.path, toPath: copy)
            var warnings: [String] = []
            let session = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
            let summary = try session.run()
            #expect(warnings.isEmpty)
            let left = try Left(session.directory)
            // Where it was stopped the last iterate is recorded, and the first after it: its step began there.
            let wanted = Set(Self.tens).union([stop, stop + 1])
            #expect(left.iterates == expected.iterates.filter { wanted.contains($0.iteration) })
            #expect(summary.numbers[.bestLoss]! == full.numbers[.bestLoss]!)
        }
    }

    /// An iterate is recorded when its sharpness is known: one that was being measured at the stop is not missing.
    @Test func anIterateThatWasBeingMeasuredIsRecordedByWhoGoesOn() throws {
        let scratch = Scratch()
        let spec = try makeSpec(
            text, "policy.name=constant", "policy.step=1e-3", "telemetry.every=1000", "probes.sharpness.every=25")
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory).iterates
        var measured = 0
        for evaluation in 28...60 {
            let stop = Mutex<RunControl?>(nil)
            let first = try begin(
                spec, scratch,
                objective: try TestObjective.make { number in
                    if number == evaluation { stop.withLock { $0 }?.stop() }
                })
            stop.withLock { $0 = first.control }
            let paused = try first.run()
            let left = try Left(first.directory).iterates
            guard paused.state == .paused, paused.numbers.iteration == 25, left.last?.iteration != 25 else { continue }
            measured += 1
            let copy = scratch.path + "/measured\(evaluation)"
            try FileManager.default.copyItem(atPath: first.directory.path, toPath: copy)
            var warnings: [String] = []
            let again = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
            _ = try again.run()
            #expect(warnings.isEmpty, "\(warnings)")
            let records = try Left(again.directory).iterates
            #expect(records.filter { [0, 1, 25, 26, 50, 51, 64].contains($0.iteration) } == expected)
        }
        #expect(measured > 1)
    }

    /// Records that a failing disk did not take are still missed where the iterate itself was not being measured.
    @Test func recordsThatAreMissingAreTold() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "telemetry.every=10", "stop.iterations=40")
        let session = try begin(spec, scratch)
        _ = try session.run()
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: session.directory.path, toPath: copy)
        _ = try RunDatabase.open(try RunDirectory.open(copy), readOnly: false).rewind(to: 20)
        var warnings: [String] = []
        _ = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
        #expect(warnings.contains { $0.contains("the iterations 21 to 40 have no records") }, "\(warnings)")
    }

    @Test func aCheckpointHasItsRunNumbersed() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text, "telemetry.every=1000", "checkpoint.every_seconds=1e-9", "checkpoint.keep=100")
        let session = try begin(spec, scratch)
        _ = try session.run()
        let store = CheckpointStore(session.directory.checkpoints, keep: 100)
        let recorded = Set(try Left(session.directory).iterates.map(\.iteration))
        #expect(try store.iterations().count > 1 && recorded.isSuperset(of: try store.iterations()))

        // As after a kill: what follows the second checkpoint is gone.
        let copy = scratch.path + "/copy"
        try FileManager.default.copyItem(atPath: session.directory.path, toPath: copy)
        let kept = try store.iterations().sorted()[1]
        for iteration in try store.iterations() where iteration > kept {
            try FileManager.default.removeItem(atPath: "\(copy)/ckpt/\(iteration).safetensors")
        }
        var warnings: [String] = []
        let again = try resume(spec, try RunDirectory.open(copy), warnings: &warnings)
        #expect(warnings.isEmpty)
        let full = try begin(try makeSpec(text), scratch).run()
        #expect(try again.run().numbers[.bestLoss]! == full.numbers[.bestLoss]!)
    }

    @Test func theLastIterateBeforeAFailureIsRecorded() throws {
        let scratch = Scratch()
        let whole = try begin(try makeSpec(text), scratch)
        _ = try whole.run()
        let expected = try Left(whole.directory)
        let session = try begin(
            try makeSpec(text, "telemetry.every=1000"), scratch, objective: try TestObjective.make(failingAfter: 90))
        let summary = try session.run()
        #expect(summary.state == .failed && summary.numbers.iteration > 1)
        let left = try Left(session.directory)
        #expect(left.iterates.map(\.iteration) == [0, 1, summary.numbers.iteration])
        let (last, other) = (try #require(left.iterates.last), expected.iterates[summary.numbers.iteration])
        #expect((last[.loss], last[.gradientNorm], last[.step]) == (other[.loss], other[.gradientNorm], other[.step]))
        #expect((last[.trials], last[.reason]) == (other[.trials], other[.reason]))
    }

    @Test func theIntervalIsSetWhileTheRunGoes() throws {
        let scratch = Scratch()
        let spec = try makeSpec(text)
        let session = try begin(spec, scratch)
        let host = EosPluginHost.Host(threads: 1)
        session.connect(
            host, PluginLog(),
            retuning: RunSession.Retuning(
                spec: { (assignments) throws(EosError) in
                    try RunSpec(path: session.directory.spec, overrides: assignments, catalogue: TestCatalogue())
                }, policy: { (spec) throws(EosError) in try BuiltInPolicies.kind(spec.policyName)!.make(spec.policy) }))
        let control = session.control
        let answers = Answers()
        session.onProgress = { progress in
            if progress.iteration == 5 { control.set(["telemetry.every=20"]) { answers.take($0) } }
            if progress.iteration == 41 { control.set(["telemetry.every=1"]) { answers.take($0) } }
        }
        _ = try session.run()
        #expect(answers.all.count == 2 && answers.all.allSatisfy { $0 == nil })
        let left = try Left(session.directory)
        #expect(left.iterates.map(\.iteration) == Array(0...5) + [20, 21, 40, 41] + Array(42...64))
        let written = try String(contentsOfFile: session.directory.spec, encoding: .utf8)
        #expect(written.contains("[telemetry]\nevery = 1\n"))
    }

    /// However few iterates are recorded, who watches sees it go.
    @Test func aRunThatRecordsLittleIsShownAllTheSame() throws {
        let scratch = Scratch()
        let spec = try makeSpec(
            text, "policy.name=constant", "policy.step=1e-9", "telemetry.every=1000000000000",
            "stop.iterations=1000000000000", "stop.seconds=0.5")
        let session = try begin(spec, scratch)
        var seen: [Int64] = []
        session.onProgress = { seen.append($0.iteration) }
        let summary = try session.run()
        #expect(summary.state == .budgetExhausted && summary.numbers.iteration > 1000)
        #expect(seen.count > 3 && seen == seen.sorted())
        #expect(try Left(session.directory).iterates.map(\.iteration) == [0, 1, summary.numbers.iteration])
    }

    @Test(arguments: ["telemetry.every=0", "telemetry.every=-5", "telemetry.every=1.5", "telemetry.often=2"])
    func badIntervalsAreRefused(assignment: String) {
        let error = #expect(throws: EosError.self) { try makeSpec(text, assignment) }
        #expect(error?.message.contains("telemetry") == true)
    }
}

/// What setting keys came to.
private final class Answers: @unchecked Sendable {
    // Unchecked because answers come on the thread of the session, which is that of the test.
    private(set) var all: [EosError?] = []
    func take(_ error: EosError?) { all.append(error) }
}
