import EosRunModel
import EosRuns
import Foundation
import Testing

/// What an ended run leaves in `run.db` is whole without the files beside it.
@Suite struct EndedRunTests {
    /// A copy of `run.db` alone, in a directory of its own.
    private func alone(_ directory: RunDirectory, in scratch: Scratch) throws -> RunDirectory {
        let copy = try RunDirectory.create(at: "\(scratch.path)/alone-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: directory.database, toPath: copy.database)
        for iteration in try CheckpointStore(directory.checkpoints, keep: 9).iterations() {
            let name = "/\(iteration).safetensors"
            try FileManager.default.copyItem(
                atPath: directory.checkpoints + name, toPath: copy.checkpoints + name)
        }
        return copy
    }

    private enum End: String, CaseIterable {
        case converged, budget, failed, cancelled, paused
    }

    /// While others look at it: one who has it open, and one who is in the middle of reading it.
    @Test(arguments: End.allCases.map(\.rawValue)) func isWholeWhenCopiedAlone(_ name: String) throws {
        let end = try #require(End(rawValue: name))
        let scratch = Scratch()
        let limits = end == .converged ? "stop.loss=1" : "stop.iterations=60"
        let spec = try makeSpec(durableRun, "checkpoint.every_seconds=0", limits)
        let objective = try TestObjective.make(failingAfter: end == .failed ? 60 : .max)
        let session = try begin(spec, scratch, objective: objective)
        let reader = try RunDatabase.open(session.directory, readOnly: true)
        let control = session.control
        session.onProgress = { progress in
            guard progress.iteration == 10 else { return }
            switch end {
            case .cancelled: control.stop(.cancel)
            case .paused: control.stop()
            case .converged, .budget, .failed: break
            }
            // The reader has looked at the run as it is in its middle.
            _ = try? reader.states()
        }
        _ = try session.run()
        let expected = try RunDatabase.open(session.directory, readOnly: true)
        let copy = try RunDatabase.open(try alone(session.directory, in: scratch), readOnly: true)
        #expect(try copy.states() == expected.states())
        #expect(try copy.lastState()?.state.isEnd == (end != .paused))
        #expect(try copy.facts() == expected.facts())
        let events = try copy.events(after: 0, limit: .max, of: "run")
        #expect(try events == expected.events(after: 0, limit: .max, of: "run"))
        #expect(try Left(alone(session.directory, in: scratch)) == Left(session.directory))
        withExtendedLifetime(reader) {}
    }

    /// However slowly somebody reads, the journal is emptied meanwhile.
    @Test func aSlowReaderHoldsNothingUp() throws {
        let scratch = Scratch()
        let session = try begin(try makeSpec(durableRun, "stop.iterations=60"), scratch)
        _ = try session.run()
        let directory = session.directory
        let writer = try RunDatabase.open(directory, readOnly: false)
        try writer.record(.running, reason: "once more", iteration: 60)
        var rows = 0
        try RunDatabase.open(directory, readOnly: true).forEachIterate { _, _ in
            rows += 1
            guard rows == 3 else { return }
            try writer.record(.cancelled, reason: "while it is read", iteration: 60)
            let copy = try RunDatabase.open(try alone(directory, in: scratch), readOnly: true)
            #expect(try copy.lastState()?.state == .cancelled)
        }
        #expect(rows == 61)
    }

    /// A clock that is set back while a run goes: its states stay in order, and the time that passed counts.
    @Test func aRunNeverEndsBeforeItStarted() throws {
        let scratch = Scratch()
        let directory = try RunDirectory.create(at: scratch.path + "/run")
        let times = [1000, 1001, 500, 2, 1001.2]
        let states: [RunState] = [.queued, .starting, .running, .lost, .starting]
        let database = try RunDatabase.create(directory)
        for (state, time) in zip(states, times) {
            try database.record(StateRecord(StateChange(state, ""), iteration: 0, time: time))
            usleep(20_000)
        }
        let first = try database.states().map(\.time)
        #expect(first[0] == 1000 && first[1] == 1001)
        #expect(first[2] >= 1001.02 && first[3] >= first[2] + 0.02 && first[4] >= 1001.2)
        try database.close()
        // Another process goes on with it, whose clock is wrong as well.
        let again = try RunDatabase.open(directory, readOnly: false)
        for state in [RunState.running, .converged] {
            try again.record(StateRecord(StateChange(state, ""), iteration: 9, time: 7))
        }
        let all = try again.states().map(\.time)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
        let report = try RunReport.recorded(directory, again)
        let (started, ended) = (try #require(report.started), try #require(report.ended))
        #expect(started >= 1001.2 && ended > started && ended < 1010)
    }
}
