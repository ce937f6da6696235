import CEos
import EosCore
import EosJSON
import EosRunModel
import EosRuns
import Foundation
import Testing

@Suite struct OutputTests {
    @Test func jsonIsWhatParsersTake() throws {
        let json: JSONText = [
            "text": .string("a \"quoted\" \\ line\nend\t\u{1} \u{1F600}"), "none": .number(.nan),
            "far": .number(.infinity),
            "small": .number(5e-300), "count": .integer(.max), "yes": .bool(true), "nothing": .null,
            "list": [.integer(1), []],
        ]
        #expect(!json.text.contains("\n"))
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any])
        #expect(object["text"] as? String == "a \"quoted\" \\ line\nend\t\u{1} \u{1F600}")
        #expect(object["none"] is NSNull && object["far"] is NSNull && object["nothing"] is NSNull)
        #expect(object["small"] as? Double == 5e-300 && object["count"] as? Int == .max)
        #expect(json.text.hasPrefix("{\"text\": ") && json.text.hasSuffix("\"list\": [1, []]}"))
    }

    @Test func databasesOfOtherKindsAreRefused() throws {
        let scratch = Scratch()
        let directory = try RunDirectory.create(at: scratch.path + "/run")
        _ = scratch.write("", to: "run/spec.toml")
        _ = scratch.write(String(repeating: "no database at all, ", count: 100), to: "run/run.db")
        let damaged = #expect(throws: EosError.self) { try RunDatabase.open(directory, readOnly: true) }
        #expect(damaged?.status == eos_status(EOS_E_FORMAT) && damaged?.message.contains("run.db") == true)
        _ = scratch.write("", to: "run/run.db")
        let empty = #expect(throws: EosError.self) { try RunDatabase.open(directory, readOnly: true) }
        #expect(empty?.message.contains("its version is 0") == true)
    }

    @Test func recordsOutlastWritesThatFail() throws {
        let scratch = Scratch()
        let directory = try RunDirectory.create(at: scratch.path + "/run")
        let database = try RunDatabase.create(directory)
        let recorder = Recorder(database, log: try RunLog(directory))
        func record(_ iteration: Int) throws(EosError) {
            var iterate = RunNumbers()
            iterate.iteration = iteration
            (iterate[.loss], iterate[.gradientNorm], iterate[.step]) = (.nan, 1, .infinity)
            (iterate[.trials], iterate[.valueEvaluations], iterate[.seconds]) = (2, 3, 6)
            try recorder.record(
                iterate, iteration % 10 == 0 ? [ProbeRecord(iteration: iteration, name: "sharpness", value: 2)] : [])
        }
        for iteration in 0..<1000 { try record(iteration) }
        try recorder.flush()
        var count = 0
        try database.forEachIterate { iterate, probes in
            #expect(iterate.iteration == count && iterate[.loss] == nil && iterate[.step] == .infinity)
            #expect(probes.count == (count % 10 == 0 ? 1 : 0))
            count += 1
        }
        #expect(count == 1000)
        #expect(try database.rewind(to: 500) == (500, 501))

        // A closed database fails every write: the training hears of it after some attempts.
        try database.close()
        let error = #expect(throws: EosError.self) { for iteration in 501..<100_000 { try record(iteration) } }
        #expect(error?.message.contains("run.db") == true)
        #expect(throws: EosError.self) { try recorder.flush() }
    }
}
