import CEos
import EosCore
import EosJSON
import EosRunModel
import EosRuns
import Foundation
import Glibc
import Synchronization
import Testing

/// Above the edge of stability the loss goes up and down; of its iterates few are recorded.
private let unsteady = """
    name = "rosen"
    [objective]
    plugin = "rosen"
    seed = 4
    [policy]
    name = "constant"
    step = 0.031
    [stop]
    iterations = 37
    [telemetry]
    every = 1000
    [probes.sharpness]
    every = 0
    [probes.metrics]
    every = 0
    """

/// What is known of a run beside its iterates: the best loss, events, who works on it, what it was asked.
@Suite struct RecordKeepingTests {
    /// A copy of an ended run, gone on with but not run yet, and what the run knew of its best loss.
    private func goesOn(
        _ scratch: Scratch, withCheckpoint: Bool
    ) throws -> (session: RunSession, best: Double, recorded: Double) {
        let session = try begin(try makeSpec(unsteady), scratch)
        let best = try session.run().numbers[.bestLoss]!
        let directory = try copy(session.directory, in: scratch)
        if !withCheckpoint { try FileManager.default.removeItem(atPath: directory.checkpoints + "/37.safetensors") }
        let recorded = try Left(directory).iterates.compactMap { $0[.loss] }.min()!
        var warnings: [String] = []
        let next = try resume(try makeSpec(unsteady, "stop.iterations=40"), directory, warnings: &warnings)
        return (next, best, recorded)
    }

    private func bestLoss(_ session: RunSession) throws -> Double? {
        try RunDatabase.open(session.directory, readOnly: true).bestLoss()
    }

    /// From its checkpoint on a run knows the best loss of all iterates before, also of those that are not recorded.
    @Test func theBestLossIsKnownFromTheCheckpointOn() throws {
        let scratch = Scratch()
        let (session, best, recorded) = try goesOn(scratch, withCheckpoint: true)
        #expect(best < recorded)
        #expect(try bestLoss(session) == best)
    }

    /// A run that starts again has no best loss yet: that of before is taken back with its iterates.
    @Test func theBestLossIsTakenBackWithItsIterates() throws {
        let scratch = Scratch()
        let (session, _, _) = try goesOn(scratch, withCheckpoint: false)
        #expect(try bestLoss(session) == nil)
    }

    /// Events of recorded iterates follow one another without gaps and without overlaps.
    @Test func everyIterateIsToldOnce() throws {
        let scratch = Scratch()
        let spec = try makeSpec(
            unsteady, "telemetry.every=1", "policy.step=1e-6", "stop.iterations=3000", "stop.gradient_norm=0")
        let session = try begin(spec, scratch)
        _ = try session.run()
        let events = try RunDatabase.open(session.directory, readOnly: true).events(after: 0, limit: 10_000, of: "run")
        let told = try events.filter { $0.kind == .iterates }.map { event in
            let data = try JSONText(reading: event.data.utf8)
            return (first: try #require(data["first"]?.integer), last: try #require(data["last"]?.integer))
        }
        #expect(told.count > 1)
        #expect(told.first?.first == 0 && told.last?.last == 3000)
        for (one, next) in zip(told, told.dropFirst()) { #expect(next.first == one.last + 1) }
    }

    @Test func aLockThatIsHeldIsSeen() throws {
        let scratch = Scratch()
        let directory = try RunDirectory.create(at: scratch.path + "/run")
        #expect(!RunLock.isHeld(directory))
        do {
            let lock = try RunLock(directory)
            #expect(RunLock.isHeld(directory) && RunLock.isHeld(directory))
            withExtendedLifetime(lock) {}
        }
        #expect(!RunLock.isHeld(directory))
    }

    /// Who asked for a pause may want the end, but not the other way round.
    @Test(arguments: [(StateChange.pause, StateChange.cancel), (.cancel, .pause), (.cancel, .cancel)])
    func aPauseMayBecomeTheEnd(_ first: StateChange, _ second: StateChange) throws {
        let scratch = Scratch()
        let session = try begin(try makeSpec(unsteady), scratch)
        let control = session.control
        session.onProgress = { progress in
            guard progress.iteration == 1 else { return }
            control.stop(first)
            control.stop(second)
        }
        #expect(try session.run().state == .cancelled)
    }

    /// Whoever sets a key of a run that has ended is told so at once.
    @Test func settingsAfterTheEndAreAnswered() throws {
        let scratch = Scratch()
        let session = try begin(try makeSpec(unsteady), scratch)
        let control = session.control
        _ = try session.run()
        let answers = Mutex<[EosError?]>([])
        control.set(["telemetry.every=1"]) { answer in answers.withLock { $0.append(answer) } }
        #expect(answers.withLock { $0.map { $0?.status } } == [eos_status(EOS_E_STATE)])
    }

    /// A run in parts is the whole run: each row of a part has the step that starts there.
    @Test(arguments: [1, 5, 12]) func rowsInPartsAreThoseOfTheWhole(_ limit: Int) throws {
        let scratch = Scratch()
        let session = try begin(try makeSpec(unsteady, "telemetry.every=1"), scratch)
        _ = try session.run()
        let export = try CSVExport(try RunDatabase.open(session.directory, readOnly: true))
        var whole: [String] = []
        try export.forEachRow { whole.append($0) }
        var parts: [String] = []
        while parts.count < 38 {
            let part = try export.rows(from: parts.count, limit: limit)
            guard !part.isEmpty, part.count <= limit else { break }
            parts += part.map(CSVExport.line)
        }
        #expect(parts == whole)
    }

    /// A checkpoint that fails now and then is a warning, however often that was in all.
    @Test func checkpointsMayFailNowAndThen() throws {
        let scratch = Scratch()
        var files = FileOperations.system
        files.rename = { from, to in
            let name = to.split(separator: "/").last ?? ""
            if name.hasSuffix(".safetensors"), let iteration = Int(name.prefix { $0 != "." }), iteration % 2 == 0 {
                errno = ENOSPC
                return -1
            }
            return Glibc.rename(from, to)
        }
        let spec = try makeSpec(
            unsteady, "telemetry.every=1", "checkpoint.every_seconds=1e-9", "stop.iterations=13")
        let session = try begin(spec, scratch, files: files)
        var warnings: [String] = []
        session.onWarning = { warnings.append($0) }
        #expect(try session.run().state == .budgetExhausted)
        #expect(warnings.count == 6, "\(warnings)")
    }
}
