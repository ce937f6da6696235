import Foundation
import TestSupport
import Testing

/// The commands against an eosd that is going.
@Suite struct CommandTests {
    @Test func aRunFromItsSubmissionToItsRemoval() throws {
        try Daemon.with { eos in
            let id = try eos.submit(["--name", "first", "--set", "policy.name=ls"])
            #expect(id.hasPrefix("first-"))
            let wait = try eos("wait", id)
            #expect(wait.status == 0 && wait.output.isEmpty && wait.error.isEmpty, "\(wait.error)")
            let shown = try eos.show("first-")
            #expect(shown["run"] as? String == id && shown["state"] as? String == "budget_exhausted")
            #expect(shown["iterations"] as? Int == 300 && shown["policy"] as? String == "eos.ls")
            // Its process may take a moment longer than the run.
            let limit = Date.now + 120
            while try !(eos.show(id)["pid"] is NSNull) { try #require(Date.now < limit, "the worker does not end") }
            let text = try eos("show", id).output
            #expect(text.contains("state           budget_exhausted: ") && text.contains("iterations      300\n"))
            #expect(try eos("show", id, "--spec").output.contains("[policy]\nname = \"ls\"\n"))
            let export = try eos("export", id)
            #expect(export.lines.count == 302 && export.lines[0].hasPrefix("iteration,loss,"))
            #expect(try eos("export", try #require(shown["directory"] as? String)).output == export.output)
            let logs = try eos("logs", id).lines
            #expect(logs.last?.contains("budget_exhausted") == true)
            #expect(try eos("logs", id, "--tail", "1").lines == [logs[logs.count - 1]])
            #expect(try eos("logs", id, "--tail", "0", "-f").lines == [])
            #expect(try eos("ls").lines.count == 2)
            #expect(try eos("ls", "--state", "queued,running").output.isEmpty)
            #expect(try eos("rm", id).status == 0)
            #expect(try eos("ls").error == "no runs\n")
        }
    }

    @Test func whatCanNotBeDoneIsSaidInOneLineWithAStatus() throws {
        try Daemon.with { eos in
            let id = try eos.submit()
            let other = try eos.submit()
            #expect(try eos("wait", id, other).status == 0)
            try eos.write("[objective\n", to: "broken.toml")
            for (arguments, status, fault) in [
                ("submit none.toml", 2, "none.toml: No such file or directory"),
                ("submit broken.toml", 2, "broken.toml:1:"),
                ("submit valley.toml --set policy.name=nsl", 2, "valley.toml: --set policy.name"),
                ("submit valley.toml --set policy.name=nsl", 2, "did you mean nls?"),
                ("show none", 2, "there is no run none; `eos ls` lists all runs"),
                ("show ../none", 2, "../none: there is no such run directory"),
                ("show a/../../b", 2, "there is no such run directory"),
                ("show valley", 2, "valley is the beginning of 2 runs"),
                ("show a%b", 2, "\"a%b\" is not the name of a run"),
                ("pause \(id)", 2, "is budget_exhausted"),
                ("resume \(id)", 2, "eos retry"),
                ("set \(id) objective.size=3", 2, "objective.size"),
                ("ls --state gone", 2, "--state gone is unknown; give one of"),
                ("compare \(id)", 2, "give at least two"),
                ("sweep valley.toml --over policy.c=0..0.5", 2, "needs a step"),
                ("logs \(id) --tail -- -1", 2, "--tail"),
                ("--bogus", 2, "--bogus"),
                ("ls --socket \(eos.directory)/none", 1, "eosd does not listen on \(eos.directory)/none; start eosd"),
                ("ls --host localhost", 2, "the host \"localhost\" is not an address"),
            ] {
                let result = try eos.run(arguments.split(separator: " ").map(String.init))
                #expect(result.status == status, "\(arguments): \(result.error)")
                let said = result.error
                #expect(said.hasPrefix("eos: ") && said.contains(fault), "\(arguments): \(said)")
                #expect(result.output.isEmpty && said.filter { $0 == "\n" }.count == 1)
            }
        }
    }

    @Test func severalAreDoneThoughOneFails() throws {
        try Daemon.with { eos in
            let id = try eos.submit(Daemon.endless)
            let other = try eos.submit(Daemon.endless)
            try eos.wait(id, for: "running")
            try eos.wait(other, for: "running")
            let result = try eos("stop", id, "none", other)
            #expect(result.status == 2 && result.error.contains("there is no run none") && result.lines.count == 2)
            let wait = try eos("wait", id, other)
            #expect(wait.status == 1)
            #expect(wait.error.contains("\(id) cancelled") && wait.error.contains("\(other) cancelled"))
        }
    }

    @Test func pauseSetAndResume() throws {
        try Daemon.with { eos in
            let id = try eos.submit(Daemon.endless)
            try eos.wait(id, for: "running")
            #expect(try eos("rm", id).status == 2)
            #expect(try eos("pause", id).status == 0)
            try eos.wait(id, for: "paused")
            let timeout = try eos("wait", id, "--timeout", "0.1")
            #expect(timeout.status == 1 && timeout.error.contains("\(id) is still paused after 0.1 seconds"))
            let iteration = try #require(try eos.show(id)["iterations"] as? Int)
            #expect(try eos("resume", id).status == 0)
            try eos.wait(id, for: "running")
            #expect(try eos("set", id, "stop.iterations=\(iteration + 1)").status == 0)
            #expect(try eos("wait", id).status == 0)
            #expect(try eos("set", id, "stop.iterations=\(iteration + 20_000)").status == 0)
            #expect(try eos("retry", id).status == 0)
            #expect(try eos("wait", id).status == 0)
            #expect(try #require(try eos.show(id)["iterations"] as? Int) >= iteration)
            #expect(try eos("rm", "--force", id).status == 0)
        }
    }

    @Test func aSweepIsComparedByWhatDiffers() throws {
        try Daemon.with { eos in
            let command = [
                "sweep", "valley.toml", "--over", "policy.name=nls,ls", "--over", "stop.iterations=10..30:20",
            ]
            let dry = try eos.run(command + ["--dry-run"])
            #expect(dry.lines[1] == "valley policy=nls iterations=30  --set policy.name=nls  --set stop.iterations=30")
            #expect(try eos("ls").output.isEmpty)
            let sweep = try eos.run(command)
            #expect(sweep.status == 0 && sweep.lines.count == 4, "\(sweep.error)")
            #expect(try eos.run(["wait"] + sweep.lines).status == 0)
            #expect(try eos.show(sweep.lines[3])["name"] as? String == "valley policy=ls iterations=30")
            let result = try eos.run(["compare", "--json", "--loss", "1e9", "--loss", "0"] + sweep.lines)
            let compared = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(compared["runs"] as? [String] == sweep.lines)
            let spec = try #require(compared["spec"] as? [String: [Any]])
            #expect(spec.keys.sorted() == ["policy.name", "policy.xi", "stop.iterations"])
            #expect(spec["stop.iterations"] as? [Int] == [10, 30, 10, 30])
            #expect((compared["results"] as? [String: [Any]])?["iterations"] as? [Int] == [10, 30, 10, 30])
            let reached = try #require(compared["to_loss"] as? [[String: Any]])
            #expect(reached[0]["evaluations"] as? [Int] == [1, 1, 1, 1])
            #expect((reached[1]["iterations"] as? [Any])?.allSatisfy { $0 is NSNull } == true)
            let table = try eos.run(["compare"] + sweep.lines).output
            #expect(table.contains("\niterations ") && table.contains("\npolicy.name "))
        }
    }

    /// The data lie beside the spec, which is in another directory than eosd and the command.
    @Test func dataFilesAreLookedUpBesideTheSpec() throws {
        try Daemon.with { eos in
            let specs = eos.directory + "/specs"
            try FileManager.default.createDirectory(atPath: specs, withIntermediateDirectories: true)
            try eos.write("1,2,3,4,0\n4,3,2,1,1\n1,1,1,1,0\n", to: "specs/three.csv")
            try eos.write(
                """
                [objective]
                plugin = "mlp"
                layers = [4, 3, 2]
                [objective.data]
                file = "three.csv"
                format = "csv"
                train = 3
                [stop]
                iterations = 3
                """, to: "specs/three.toml")
            let submitted = try eos("submit", "specs/three.toml", "--json")
            #expect(submitted.status == 0, "\(submitted.error)")
            #expect(submitted.output.contains("\"name\": \"three\""))
            let wait = try eos("wait", "three-")
            #expect(wait.status == 0, "\(wait.error)")
        }
    }
}
