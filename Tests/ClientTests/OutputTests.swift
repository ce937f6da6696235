import Foundation
import TestSupport
import Testing

/// What the commands print of an eosd is printed whole, or they say that it is not.
@Suite struct OutputTests {
    private func run(_ eos: Daemon, _ script: String, _ environment: [String: String] = [:]) throws -> CommandResult {
        let variables = ["EOS": Tree.products + "/eos", "EOS_SOCKET": eos.directory + "/s"]
        return try TestSupport.run(script, in: eos.directory, environment: variables.merging(environment) { $1 })
    }

    @Test func aFullDiskIsTold() throws {
        try Daemon.with { eos in
            let id = try eos.submit()
            #expect(try eos("wait", id).status == 0)
            for command in [
                "ls", "ls --json", "show \(id)", "export \(id)", "logs \(id)", "watch \(id)", "wait --json \(id)",
                "compare \(id) \(id)", "submit valley.toml", "sweep valley.toml --over objective.size=2,3",
            ] {
                for failing in ["/dev/full", "&-"] {
                    let result = try run(eos, "\"$EOS\" \(command) >\(failing)")
                    #expect(result.status == 1, "\(command): \(result.output)")
                    let said = result.lines.count { $0.contains("standard output can't be written") }
                    #expect(said == 1, "\(command): \(result.output)")
                }
                let closed = try run(eos, "{ sleep 0.1; \"$EOS\" \(command); echo $? >status; } | true")
                #expect(closed.output.isEmpty, "\(command): \(closed.output)")
                let status = try String(contentsOfFile: eos.directory + "/status", encoding: .utf8)
                #expect(status == "141\n", "\(command)")
            }
            // The run is there, and the message has its id.
            let result = try run(eos, "\"$EOS\" submit valley.toml --name kept >/dev/full")
            let submitted = try #require(try eos("ls", "--name", "kept").lines.last?.split(separator: " ").first)
            #expect(result.output.contains("; \(submitted) was submitted"), "\(result.output)")
        }
    }

    /// A clock that is set while a command waits for eosd neither ends nor prolongs the waiting.
    @Test(arguments: [86400, -86400]) func waitingIsGivenUpInTime(_ jump: Int) throws {
        try Daemon.with { eos in
            let id = try eos.submit(Daemon.endless)
            let clock = [
                "LD_PRELOAD": try BuiltFixture.build("Tests/Fixtures/clock.c", ["-ldl"]), "EOS_TEST_CLOCK": "clock",
            ]
            let start = ContinuousClock.now
            let result = try run(
                eos, "echo 0 >clock; \"$EOS\" wait \(id) --timeout 3 & pid=$!; sleep 1; echo \(jump) >clock; wait $pid",
                clock)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            #expect(result.status == 1 && result.output.contains("after 3.0 seconds"), "\(result.output)")
            #expect(seconds >= 3 && seconds < 60, "\(seconds)")
            #expect(try eos("stop", id).status == 0)
        }
    }
}
