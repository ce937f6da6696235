import CEos
import EosJSON
import EosRunModel
import Testing

@Suite struct ReportTests {
    private static let report: RunReport = {
        var numbers = RunNumbers()
        for column in RunColumn.shown(in: .report) {
            numbers[column] = column.kind == .flag ? 1 : Double(column.rawValue + 2)
        }
        numbers[.loss] = 1e-300
        var report = RunReport(
            RunSummary(
                run: "digits-1", name: "a \"name\"", directory: "/runs/digits-1", StateChange(.lost, "killed"), numbers,
                metrics: [("accuracy", 0.5), ("other", nil)], parameters: "/runs/digits-1/ckpt/7"))
        (report.signal, report.exitCode, report.pid, report.isStalled, report.restarts) = (9, 3, 4711, true, 2)
        (report.objective, report.policy, report.created, report.started) = ("eos.mlp", "eos.nls", 1.5, 2.5)
        (report.ended, report.queued, report.events) = (3.5, 1, 99)
        return report
    }()

    /// The names of all members, those inside of others with dots.
    private static func paths(_ json: JSONText, _ prefix: String = "") -> [String] {
        guard let members = json.members, !prefix.hasPrefix("metrics") else { return [prefix] }
        return members.flatMap { paths($0.1, prefix.isEmpty ? $0.0 : "\(prefix).\($0.0)") }
    }

    @Test func whatIsWrittenIsRead() throws {
        for report in [Self.report, .blank] {
            let read = RunReport(json: try JSONText(reading: report.json.text.utf8))
            #expect(read.json.text == report.json.text)
            #expect(read.summary.numbers == report.summary.numbers)
            #expect(read.summary.metrics.map(\.value) == report.summary.metrics.map(\.value))
        }
        let json = Self.report.json
        #expect(json["loss"]?["last"]?.number == 1e-300 && json["sharpness"]?["converged"]?.bool == true)
        #expect(json["evaluations"]?["value"]?.integer == RunColumn.valueEvaluations.rawValue + 2)
    }

    /// Neither the id nor the count of iterations is there twice, nor anything else.
    @Test func nothingIsThereTwice() throws {
        for names in [WorkerStatus.fields.all.map(\.name), StateRecord.fields.all.map(\.name)] {
            #expect(Set(names).count == names.count)
        }
        let paths = Self.paths(Self.report.json)
        #expect(Set(paths).count == paths.count)
        #expect(paths.contains("run") && !paths.contains("id"))
        #expect(paths.contains("iterations") && !paths.contains("iteration"))
        #expect(Set(RunReport.fields.all.map(\.name)) == Set(paths))
    }

    /// What is described is what is written, and the other way round.
    @Test func theSchemaIsThatOfTheAnswer() throws {
        func compare(_ json: JSONText, _ schema: JSONText, _ place: String) throws {
            let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string].compactMap { $0 }
            let type =
                switch json {
                case .null: "null"
                case .bool: "boolean"
                case .integer: "integer"
                case .number: "number"
                case .string: "string"
                case .array: "array"
                case .object: "object"
                }
            #expect(types.contains(type) || type == "integer" && types.contains("number"), "\(place): \(types)")
            guard let members = json.members, let properties = schema["properties"]?.members else { return }
            #expect(members.map(\.0).sorted() == properties.map(\.0).sorted(), "\(place)")
            #expect(schema["required"]?.array?.compactMap(\.string).sorted() == members.map(\.0).sorted(), "\(place)")
            for (name, value) in members { try compare(value, try #require(schema["properties"]?[name]), name) }
        }
        for report in [Self.report, .blank] { try compare(report.json, RunReport.schema, "a run") }
        let record = StateRecord(StateChange(.failed, "why", signal: 11), iteration: 7, time: 3)
        try compare(record.json, StateRecord.schema, "a state")
        #expect(StateRecord(json: record.json) == record)
    }

    /// An answer of an earlier eosd says some things twice, and is read all the same.
    @Test func answersOfBeforeAreRead() throws {
        let answer = try JSONText(
            reading: """
                {"id": "a-1", "pid": null, "stalled": false, "signal": null, "exit_code": null, "restarts": 0,
                 "iteration": 7, "objective": "eos.mlp", "policy": "eos.nls", "created": 5, "started": 6, "ended": null,
                 "queued": null, "events": 4, "run": "a-1", "name": "a", "state": "running", "reason": "training",
                 "iterations": 7, "evaluations": {"value": 9, "gradient": 8, "curvature": 0},
                 "loss": {"initial": 2, "last": 1, "best": null}, "gradient_norm": 0.5, "step": null,
                 "sharpness": {"value": null, "residual": null, "converged": false}, "metrics": {},
                 "parameters": null, "directory": "/runs/a-1", "seconds": 0.25}
                """.utf8)
        let report = try #require(RunReport(answer: answer))
        #expect(report.id == "a-1" && report.summary.numbers.iteration == 7 && report.created == 5)
        #expect(report.summary.numbers[.loss] == 1 && report.summary.numbers[.bestLoss] == nil)
        for text in [
            "{}", #"{"run": "a"}"#, #"{"run": "a", "state": "dancing"}"#, #"{"id": "a", "state": "lost"}"#, "[]",
        ] {
            #expect(RunReport(answer: try JSONText(reading: text.utf8)) == nil, "\(text)")
        }
    }
}

@Suite struct NumbersTests {
    @Test func columnsAreToldApart() {
        for names in [RunColumn.allCases.map(\.name), RunColumn.allCases.map(\.title)] {
            #expect(Set(names).count == names.count)
        }
        let paths = RunColumn.shown(in: .report).map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(RunColumn.allCases.allSatisfy { !$0.text.isEmpty && !$0.text.hasSuffix(".") })
    }

    @Test func whatIsUnknownIsNilAndNull() throws {
        var numbers = RunNumbers()
        for column in RunColumn.allCases where column.kind != .count {
            #expect(numbers[column] == nil)
            if case .null = numbers[json: column] {} else { Issue.record("\(column)") }
        }
        #expect(numbers[.trials] == 0 && numbers.iteration == 0)
        numbers[.loss] = .nan
        #expect(numbers[.loss] == nil && numbers == RunNumbers())
        numbers[.loss] = .infinity
        #expect(numbers[.loss] == .infinity && numbers != RunNumbers())
    }

    @Test func progressIsTakenOver() {
        var progress = eos_progress()
        (progress.iteration, progress.value, progress.best_value) = (12, 0.5, 0.25)
        (progress.step, progress.sharpness, progress.sharpness_residual) = (0.5, 5, .nan)
        (progress.value_evaluations, progress.seconds, progress.gradient_norm) = (30, 1.5, .nan)
        let numbers = RunNumbers(progress)
        #expect(numbers.iteration == 12 && numbers[.loss] == 0.5 && numbers[.bestLoss] == 0.25)
        #expect(numbers[.stepSharpness] == 2.5 && numbers[.sharpnessResidual] == nil && numbers[.gradientNorm] == nil)
        #expect(numbers.count(.valueEvaluations) == 30 && numbers[.seconds] == 1.5 && numbers[.initialLoss] == nil)
    }

    /// Whoever answers may say anything.
    @Test func strangeNumbersDoNoHarm() throws {
        for number in ["1e300", "-1e300", "0.5", "true", "[]", "9223372036854775807", "\"7\""] {
            let json = try JSONText(
                reading: #"{"run": "a", "state": "lost", "iterations": \#(number), "created": []}"#.utf8)
            let report = try #require(RunReport(answer: json))
            #expect(report.created == nil)
            _ = (report.json.text, report.summary.numbers.iteration)
            let status = try JSONText(
                reading: #"{"pid": \#(number), "iteration": \#(number), "loss": \#(number)}"#.utf8)
            _ = WorkerStatus(json: status).json.text
        }
    }

    /// What a worker says later replaces what was known, but for what was measured earlier.
    @Test func newerNumbersReplace() {
        var (known, newer) = (RunNumbers(), RunNumbers())
        (known[.initialLoss], known[.loss], known[.step]) = (9, 3, 1)
        known.take(8, residual: 0.5, converged: true)
        (newer.iteration, newer[.loss]) = (4, 2)
        known.takeNewer(newer)
        #expect(known.iteration == 4 && known[.loss] == 2 && known[.step] == nil && known[.initialLoss] == 9)
        #expect(known[.sharpness] == 8 && known[.sharpnessConverged] == 1)
        newer.take(7, residual: nil, converged: false)
        known.takeNewer(newer)
        #expect(known[.sharpness] == 7 && known[.sharpnessResidual] == nil && known[.sharpnessConverged] == 0)
    }

    @Test func linesOfControlAreRead() throws {
        var status = WorkerStatus(pid: 7, StateChange(.running, "training"))
        status.numbers[.loss] = 0.5
        status.numbers.iteration = 3
        guard case .status(let read) = try ControlReply(line: ControlReply.status(status).line.utf8) else {
            Issue.record("it is no status")
            return
        }
        #expect(read == status)
        // A worker of an earlier eos has other names for some numbers.
        let earlier =
            #"{"status": {"pid": 7, "state": "running", "reason": "", "stalled": true, "iteration": 3, "#
            + #""loss": 0.5, "gradientNorm": 2, "values": 9, "events": 4}}"#
        guard case .status(let old) = try ControlReply(line: earlier.utf8) else {
            Issue.record("it is no status")
            return
        }
        #expect(old.isStalled && old.numbers[.loss] == 0.5 && old.numbers[.gradientNorm] == nil && old.events == 4)
        for request in [
            ControlRequest.status, .watch, .ask(.pause), .ask(.stop), .set(["policy.cap=8", "stop.loss=1"]),
        ] {
            #expect(try ControlRequest(line: request.line.utf8) == request)
        }
        for line in [
            "", "[]", "{}", #"{"do": 1}"#, #"{"do": "dance"}"#, #"{"do": "pause", "a": 1}"#, #"{"do": "set"}"#,
            #"{"do": "set", "assignments": [1]}"#, #"{"do": "set", "assignments": []}"#,
            #"{"do": "pause", "do": "stop"}"#, #"{"do": "set", "assignments": ["a=1"], "assignments": ["a=2"]}"#,
        ] {
            #expect(throws: (any Error).self, "\(line)") { try ControlRequest(line: line.utf8) }
        }
    }
}
