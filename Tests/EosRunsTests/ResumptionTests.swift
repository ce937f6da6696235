import CEos
import EosCore
import EosRuns
import Foundation
import Testing

/// What a run takes along when it goes on, and what it leaves behind.
@Suite struct ResumptionTests {
    private static let slow = [
        "policy.name=constant", "policy.step=1e-6", "stop.iterations=1000000", "stop.seconds=0.5",
        "checkpoint.every_seconds=0",
    ]

    private func slowSpec() throws -> RunSpec {
        try makeSpec(durableRun, Self.slow[0], Self.slow[1], Self.slow[2], Self.slow[3], Self.slow[4])
    }

    /// `stop.seconds` is for the run, not for each of its parts: each iteration takes 10 ms and more.
    @Test func theTimeTrainedBeforeCounts() throws {
        let scratch = Scratch()
        let spec = try slowSpec()
        let session = try begin(spec, scratch, objective: try TestObjective.make(lasting: 0.01))
        let control = session.control
        session.onProgress = { if $0.seconds >= 0.3 { control.stop() } }
        let first = try session.run()
        #expect(first.state == .paused && first.numbers[.seconds]! >= 0.3)

        var warnings: [String] = []
        let directory = try copy(session.directory, in: scratch)
        let again = try resume(spec, directory, objective: try TestObjective.make(lasting: 0.01), warnings: &warnings)
        let second = try again.run()
        #expect(second.state == .budgetExhausted && second.reason == "the time limit was reached")
        #expect(second.numbers[.seconds]! >= 0.5)
        // A few products of the sharpness come on top.
        let most = Int((0.5 - first.numbers[.seconds]!) / 0.01) + 2
        let further = second.numbers.iteration - first.numbers.iteration
        #expect((0...most).contains(further), "\(further)")
        var times: [Double] = []
        try RunDatabase.open(directory, readOnly: true).forEachIterate { iterate, _ in times.append(iterate[.seconds]!)
        }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(times[first.numbers.iteration + 1] >= first.numbers[.seconds]!)
    }

    private func checkpoints(_ directory: RunDirectory) throws -> [Int] {
        try RunDatabase.open(directory, readOnly: true).events(after: 0, limit: .max, of: "run")
            .filter { $0.kind == .checkpoint }
            .map { event in
                let data = try JSONSerialization.jsonObject(with: Data(event.data.utf8)) as? [String: Any]
                return try #require(data?["iteration"] as? Int)
            }
    }

    @Test func checkpointsAreAsManyAsTheirIntervalSays() throws {
        let scratch = Scratch()
        // Due after every iteration: one at each, and one at the end.
        let often = try begin(try makeSpec(durableRun, "stop.iterations=20"), scratch)
        _ = try often.run()
        #expect(try checkpoints(often.directory) == Array(1...20) + [20])
        let atTheEnd = try begin(try makeSpec(durableRun, "checkpoint.every_seconds=0"), scratch)
        _ = try atTheEnd.run()
        #expect(try checkpoints(atTheEnd.directory) == [5])

        let spec = try makeSpec(
            durableRun, "checkpoint.every_seconds=0.1", "stop.iterations=60", "policy.name=constant",
            "policy.step=1e-6")
        let session = try begin(spec, scratch, objective: try TestObjective.make(lasting: 0.01))
        _ = try session.run()
        // From the times that were recorded: whenever the interval has passed since the last one.
        var (last, due) = (0.0, 0)
        try RunDatabase.open(session.directory, readOnly: true).forEachIterate { iterate, _ in
            guard iterate.iteration > 0, iterate[.seconds]! - last >= 0.1 else { return }
            (last, due) = (iterate[.seconds]!, due + 1)
        }
        #expect(due >= 4)
        #expect(abs(try checkpoints(session.directory).count - (due + 1)) <= 1)
    }

    @Test func whatCutWritesLeftIsTidied() throws {
        let scratch = Scratch()
        let spec = try makeSpec(durableRun)
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let directory = try copy(whole.directory, in: scratch)
        let remains = [
            directory.checkpoints + "/5.safetensors.partial", directory.checkpoints + "/99.safetensors.partial",
            directory.spec + ".partial",
        ]
        for file in remains { try Data("cut".utf8).write(to: URL(filePath: file)) }
        let kept = directory.checkpoints + "/notes.txt"
        try Data("mine".utf8).write(to: URL(filePath: kept))
        var warnings: [String] = []
        let session = try resume(spec, directory, warnings: &warnings)
        #expect(warnings.isEmpty)
        for file in remains { #expect(!FileManager.default.fileExists(atPath: file), "\(file)") }
        #expect(FileManager.default.fileExists(atPath: kept))
        _ = session
    }

    /// Records of what comes after the checkpoint are taken back at once, and what is known of the run is not.
    @Test func recordsAreRewoundAndFactsKept() throws {
        let scratch = Scratch()
        let spec = try makeSpec(durableRun, "stop.iterations=20", "checkpoint.keep=100")
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let directory = try copy(whole.directory, in: scratch)
        try RunDatabase.open(directory, readOnly: false).record(facts: [("colour", "green")])
        let before = try RunDatabase.open(directory, readOnly: true)
        let states = try before.states()
        let store = CheckpointStore(directory.checkpoints, keep: 100)
        for iteration in try store.iterations() where iteration > 11 {
            try FileManager.default.removeItem(atPath: store.path(iteration))
        }
        var warnings: [String] = []
        let session = try resume(spec, directory, warnings: &warnings)
        let database = try RunDatabase.open(directory, readOnly: true)
        let left = try Left(directory)
        #expect(left.iterates.map(\.iteration) == Array(0...11))
        #expect(try database.lastProbes().map(\.iteration).max() == 10)
        #expect(left.probes == (try Left(whole.directory)).probes.filter { $0.iteration <= 11 })
        #expect(try database.facts()["colour"] == "green")
        #expect(try database.states().dropLast() == states[...])
        #expect(try checkpoints(directory).contains(20), "events stay: they were told")
        let times = try database.lastCheckpointTime()
        #expect(try times ?? .infinity <= before.lastCheckpointTime() ?? 0)
        let rewind = try database.events(after: 0, limit: .max, of: "run").last { $0.kind == .rewind }
        #expect(rewind?.data == "{\"iteration\": 11}")
        _ = session
    }

    private static let plugin = [
        ("objective", "org.example.bowl"), ("objective.plugin", "org.example.bowl 1.0.0"),
        ("objective.file", "/a/bowl.so"), ("objective.digest", "0123456789abcdef"), ("objective.libraries", ""),
    ]

    /// A run of that plugin, of which one fact is another one by now.
    private func refused(_ name: String, _ value: String) throws -> (RunDirectory, EosError?) {
        let scratch = Scratch()
        let spec = try makeSpec(durableRun)
        let begun = try RunSession.begin(
            spec, objective: try TestObjective.make(), policy: try makePolicy(spec), facts: Self.plugin
        ) { () throws(EosError) in try RunDirectory.create(in: scratch.path, name: spec.name) }
        _ = try begun.run()
        let directory = try copy(begun.directory, in: scratch)
        let more = try makeSpec(durableRun, "stop.iterations=9")
        let facts = Self.plugin.map { $0.0 == name ? (name, value) : $0 }
        func content() throws -> [Data] {
            try [directory.database, directory.spec].map { try Data(contentsOf: URL(filePath: $0)) }
        }
        let before = try content()
        var warnings: [String] = []
        do { _ = try resume(more, directory, facts: facts, warnings: &warnings) } catch let error as EosError {
            #expect(try content() == before)
            // With the same plugin, or knowingly, it goes on.
            _ = try resume(more, try copy(directory, in: scratch), facts: Self.plugin, warnings: &warnings)
            #expect(warnings.isEmpty)
            let session = try resume(more, directory, facts: facts, isForced: true, warnings: &warnings)
            #expect(warnings.count == 1 && warnings[0].contains(name))
            #expect(try session.run().state == .budgetExhausted)
            let database = try RunDatabase.open(directory, readOnly: true)
            #expect(try database.facts()[name] == value)
            let event = try database.events(after: 0, limit: .max, of: "run").filter { $0.kind == .plugins }
            let old = Self.plugin.first { $0.0 == name }!.1
            #expect(
                event.map(\.data) == [
                    "{\"iteration\": 5, \"changes\": [{\"name\": \"\(name)\", \"old\": \"\(old)\", \"new\": "
                        + "\"\(value)\"}]}"
                ])
            return (directory, error)
        }
        return (directory, nil)
    }

    @Test(arguments: [
        ("objective", "org.example.valley"), ("objective.plugin", "org.example.bowl 1.0.1"),
        ("objective.digest", "0123456789abcdee"), ("objective.libraries", "libx.so 0000000000000001"),
    ])
    func anotherPluginIsRefusedOrRecorded(name: String, value: String) throws {
        let (directory, refusal) = try refused(name, value)
        let error = try #require(refusal)
        let old = Self.plugin.first { $0.0 == name }!.1
        #expect(error.status == eos_status(EOS_E_STATE))
        #expect(error.message.contains("\(name) was \"\(old)\" and is \"\(value)\""), "\(error)")
        #expect(error.message.hasSuffix("eos train --resume \(directory.path) --force-plugin"))
    }

    /// The same in name, but not in what it computes: found out by an evaluation, which is counted nowhere.
    @Test func anotherObjectiveIsRefusedOrGoneOnWithKnowingly() throws {
        let scratch = Scratch()
        let spec = try makeSpec(durableRun)
        let whole = try begin(spec, scratch)
        _ = try whole.run()
        let directory = try copy(whole.directory, in: scratch)
        let more = try makeSpec(durableRun, "stop.iterations=9")
        var warnings: [String] = []
        for scale in [1000.0, 1.001] {
            let error = #expect(throws: EosError.self) {
                try resume(more, directory, objective: try TestObjective.make(scale: scale), warnings: &warnings)
            }
            #expect(error?.status == eos_status(EOS_E_FORMAT))
            #expect(error?.message.hasPrefix(directory.checkpoints + "/5.safetensors: ") == true)
            #expect(error?.message.contains("--force-plugin") == true)
        }
        #expect(warnings.isEmpty)
        let same = try copy(directory, in: scratch)
        _ = try resume(more, same, warnings: &warnings).run()
        let straight = try begin(more, scratch)
        _ = try straight.run()
        // Also the counts of evaluations.
        #expect(try Left(same).withoutEnds == Left(straight.directory).withoutEnds)

        let forced = try resume(
            more, directory, objective: try TestObjective.make(scale: 1000), isForced: true, warnings: &warnings)
        #expect(warnings.count == 2 && warnings[0].contains("the value is"), "\(warnings)")
        #expect(warnings.last?.contains("with a new policy state") == true, "\(warnings)")
        #expect(try forced.run().numbers.iteration > 5)
    }

    @Test func thePlaceOfAPluginDoesNotMatter() throws {
        #expect(try refused("objective.file", "/b/bowl.so").1 == nil)
    }
}
