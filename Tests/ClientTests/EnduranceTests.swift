import EosRunModel
import Foundation
import TestSupport
import Testing

/// What watches outlives eosd, and what looks at directories needs none.
@Suite struct EnduranceTests {
    @Test func watchWaitAndLogsOutliveEosd() throws {
        try Daemon.with { eos in
            let id = try eos.submit(Daemon.endless)
            try eos.wait(id, for: "running")
            let wait = try eos.launch("eos", ["wait", id], "wait")
            let watch = try eos.launch("eos", ["watch"], "watch")
            let logs = try eos.launch("eos", ["logs", "-f", id], "logs")
            try eos.wait(for: "\(id) running", in: "watch.out")
            try eos.wait(for: "starts", in: "logs.out")
            // Waiting says nothing by which to know that it has begun.
            while try !Self.hasSocket(wait.process) { usleep(20_000) }
            sleep(1)
            for signal in [SIGKILL, SIGTERM] {
                eos.stop(signal)
                usleep(500_000)
                for one in [watch, wait, logs] { #expect(one.process.isRunning) }
                try eos.start()
            }
            #expect(try eos("stop", id).status == 0)
            let watched = try watch.result()
            #expect(watched.status == 0 && watched.lines.last?.hasPrefix("\(id) cancelled") == true, "\(watched)")
            let waited = try wait.result()
            #expect(waited.status == 1 && waited.error.contains("\(id) cancelled"), "\(waited)")
            #expect(try logs.result().output == (try eos("logs", id).output))
        }
    }

    private static func hasSocket(_ process: Process) throws -> Bool {
        let files = "/proc/\(process.processIdentifier)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: files).contains { file in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(files)/\(file)")
            return target?.hasPrefix("socket:") == true
        }
    }

    @Test(arguments: [["watch"], ["wait"], ["logs", "-f"]], [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func signalsEndWhatLooksOn(command: [String], end: (signal: Int32, status: Int32)) throws {
        try Daemon.with { eos in
            let id = try eos.submit(Daemon.endless)
            try eos.wait(id, for: "running")
            let looking = try eos.launch("eos", command + [id], "looking")
            // Waiting says nothing.
            if command == ["wait"] {
                usleep(300_000)
            } else {
                try eos.wait(for: command == ["watch"] ? id : "starts", in: "looking.out")
            }
            looking.signal(end.signal)
            let result = try looking.result()
            #expect(looking.process.terminationReason == .exit && result.status == end.status && result.error.isEmpty)
            #expect(try eos.show(id)["state"] as? String == "running")
        }
    }

    @Test func directoriesNeedNoDaemon() throws {
        try Daemon.with { eos in
            let id = try eos.submit(Daemon.endless)
            let directory = "home/runs/\(id)"
            try eos.wait(id, for: "running")
            eos.stop(SIGKILL)
            #expect(try eos("show", id).status == 1)
            let shown = try eos.show(directory)
            #expect(shown["state"] as? String == "running" && shown["pid"] is Int)
            let timeout = try eos("wait", directory, "--timeout", "0")
            #expect(timeout.status == 1 && timeout.error.contains("is still running after"), "\(timeout.error)")
            #expect(try eos("logs", directory).output.contains("starts"))
            let watch = try eos.launch("eos", ["watch", directory], "watch")
            let iterations = try #require(shown["iterations"] as? Int) + 1_000_000
            #expect(try eos("set", directory, "stop.iterations=\(iterations)").status == 0)
            let paused = try eos("pause", directory)
            #expect(paused.status == 0 && paused.output.hasPrefix("\(id) pau"), "\(paused)")
            try eos.wait(directory, for: "paused")
            try eos.wait(for: "\(id) paused", in: "watch.out")
            watch.signal(SIGINT)
            _ = try watch.result()
            let again = try eos("pause", directory)
            #expect(again.status == 2 && again.error.contains("no process is training this run"), "\(again.error)")
            let compared = try eos("compare", directory, directory, "--json")
            #expect(compared.output.contains("\"spec\": {}"), "\(compared)")
            // eosd knows its directories by their names.
            try eos.start()
            #expect(try eos("resume", directory).lines.first?.hasPrefix(id) == true)
            try eos.wait(id, for: "running")
            #expect(try eos("stop", directory).status == 0)
            #expect(try eos("wait", directory).status == 1)
            #expect(try eos("rm", directory).status == 0)
            #expect(try eos("show", id).status == 2)
        }
    }

    @Test func whereNobodyReadsItEnds() throws {
        try Daemon.with { eos in
            let id = try eos.submit(["--set", "stop.iterations=20000"])
            #expect(try eos("wait", id).status == 0)
            let program = Tree.products + "/eos"
            let result = try run(
                "\(program) export \(id) | head -n 2; \(program) logs -f \(id) | head -n 1",
                environment: ["EOS_SOCKET": eos.directory + "/s"])
            #expect(result.status == 0 && result.lines.count == 3, "\(result.output)")
        }
    }

    /// The event of the end may come before the report of it: what was told counts.
    @Test(arguments: [(RunState.converged, 0), (.failed, 1)] as [(RunState, Int32)])
    func waitReportsTheEndThatItWasTold(end: RunState, status: Int32) throws {
        let place = try TemporaryDirectory()
        func answer(_ type: String, _ body: String) -> String {
            "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nConnection: close\r\n\r\n\(body)"
        }
        let running = RunSummary(run: "r-1", name: "r", directory: "/none", StateChange(.running, "training"))
        let report = answer("application/json", RunReport(running).json.text)
        let event = #"{"run": "r-1", "state": "\#(end.rawValue)", "reason": "so it is", "iteration": 7}"#
        let events = answer("text/event-stream", "id: 1\nevent: state\ndata: \(event)\n\n")
        let server = try ScriptedServer(place.path + "/s", [report, events, report, report])
        defer { server.close() }
        let result = try StartedProgram(
            "\(Tree.products)/eos", ["wait", "r-1", "--socket", server.path, "--json"], in: place.path
        ).result()
        #expect(result.status == status)
        #expect(result.error == (status == 0 ? "" : "eos: r-1 failed: so it is\n"))
        #expect(result.output.contains(#""state": "\#(end.rawValue)""#), "\(result.output)")
        #expect(server.requests.count == 4, "\(server.requests)")
    }
}
