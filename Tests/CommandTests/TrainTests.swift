import EosRuns
import Foundation
import TestSupport
import Testing

/// Waits until the run in `path` has a checkpoint of iteration `least` or later; false where it ends before.
private func waitForCheckpoint(_ path: String, least: Int, while process: Process) -> Bool {
    while process.isRunning {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/ckpt")) ?? []
        if names.contains(where: { (Int($0.prefix { $0.isNumber }) ?? -1) >= least && $0.hasSuffix("s") }) {
            return true
        }
        usleep(2000)
    }
    return false
}

private func parameters(_ run: String) throws -> (iteration: Int, bits: [UInt64]) {
    let store = CheckpointStore(run + "/ckpt", keep: 100)
    let last = try #require(try store.iterations().first)
    return (last, try store.load(last).numbers("parameters").map(\.bitPattern))
}

@Suite struct TrainTests {
    @Test func printsOneObjectAndLeavesARun() throws {
        let eos = try Command()
        try eos.write(valley("[probes.metrics]\nevery = 100\n"), to: "valley.toml")
        let result = try eos("train", "valley.toml", "--json", "--set", "objective.seed=3")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.split(separator: "\n").count == 1)
        let summary = try members(result.output)
        #expect(summary["state"] as? String == "budget_exhausted")
        #expect(summary["iterations"] as? Int == 400)
        let run = try #require(summary["run"] as? String)
        #expect(run.hasPrefix("valley-") && run.hasSuffix("-1"))
        let evaluations = try #require(summary["evaluations"] as? [String: Int])
        #expect(evaluations["gradient"] == 401 && evaluations["value"]! > 400 && evaluations["curvature"]! > 16)
        let loss = try #require(summary["loss"] as? [String: Double])
        #expect(loss["best"]! <= loss["last"]! && loss["last"]! < loss["initial"]!)
        let sharpness = try #require(summary["sharpness"] as? [String: Any])
        #expect(sharpness["converged"] as? Bool == true && sharpness["value"] as? Double ?? 0 > 0)
        let checkpoint = try #require(summary["parameters"] as? String)
        #expect(checkpoint.hasSuffix("/runs/\(run)/ckpt/400.safetensors"))
        #expect(try CheckpointStore.load(checkpoint).numbers("parameters").count == 20)
        #expect(summary["seconds"] as? Double != nil && summary["step"] as? Double != nil)
        #expect(summary["reason"] as? String == "the limit of 400 iterations was reached")

        let written = try String(contentsOfFile: "\(eos.directory)/runs/\(run)/spec.toml", encoding: .utf8)
        #expect(
            written.contains("seed = 3") && written.contains("xi = 1.0") && written.contains("every_seconds = 60.0"))
        // A second one gets a directory of its own.
        let again = try members(try eos("train", "valley.toml", "--json", "--set", "objective.seed=3").output)
        #expect(again["run"] as? String != run)
        #expect(try parameters("\(eos.directory)/runs/\(run)") == parameters(again["directory"] as! String))
    }

    @Test func exportHasARowAnIterate() throws {
        let eos = try Command()
        try eos.write(valley(), to: "valley.toml")
        #expect(try eos("train", "valley.toml", "--out", "run").status == 0)
        let export = try eos("export", "run", "--csv")
        #expect(export.status == 0)
        let lines = export.output.split(separator: "\n")
        #expect(lines[0] == "iteration,loss,gradient_norm,step,trials,sharpness,step_sharpness,seconds")
        #expect(lines.count == 402 && lines[401].hasPrefix("400,"))
        #expect(lines[26].split(separator: ",", omittingEmptySubsequences: false)[5].isEmpty == false)
    }

    @Test func killedAndResumedGivesTheSameBits() throws {
        let eos = try Command()
        try eos.write(valley("[checkpoint]\nevery_seconds = 0.001\nkeep = 2\n"), to: "valley.toml")
        let started = try eos.start("train", "valley.toml", "--out", "killed", "--set", "stop.iterations=10000000")
        let run = eos.directory + "/killed"
        #expect(waitForCheckpoint(run, least: 100, while: started.process))
        kill(started.process.processIdentifier, SIGKILL)
        started.process.waitUntilExit()
        let limit = "stop.iterations=\(try parameters(run).iteration + 500)"
        let resumed = try eos("train", "--resume", "killed", "--json", "--set", limit)
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try eos("train", "valley.toml", "--out", "whole", "--set", limit).status == 0)
        #expect(try parameters(run) == parameters(eos.directory + "/whole"))
        #expect(try records(eos("export", "killed").output) == records(eos("export", "whole").output))
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalStopsCleanlyAndKeepsTheState(signal: Int32) throws {
        let eos = try Command()
        try eos.write(valley("[checkpoint]\nevery_seconds = 0.001\n"), to: "valley.toml")
        let started = try eos.start(
            "train", "valley.toml", "--out", "run", "--json", "--set", "stop.iterations=10000000")
        #expect(waitForCheckpoint(eos.directory + "/run", least: 1, while: started.process))
        kill(started.process.processIdentifier, signal)
        started.process.waitUntilExit()
        let result = try started.result()
        #expect(result.status == 128 + signal, "\(result.error)")
        #expect(result.messages.isEmpty)
        #expect(result.error.contains("continue with: eos train --resume"))
        let summary = try members(result.output)
        #expect(summary["state"] as? String == "paused")
        let stopped = try #require(summary["iterations"] as? Int)
        #expect(try parameters(eos.directory + "/run").iteration == stopped)

        // It goes on as if it had never stopped.
        let limit = "stop.iterations=\(stopped + 50)"
        #expect(try eos("train", "--resume", "run", "--set", limit).status == 0)
        #expect(try eos("train", "valley.toml", "--out", "whole", "--set", limit).status == 0)
        #expect(try parameters(eos.directory + "/run") == parameters(eos.directory + "/whole"))
        let (left, whole) = (try records(eos("export", "run").output), try records(eos("export", "whole").output))
        #expect(left == whole)
    }

    /// The first signal waits for an evaluation that takes half a minute, the second does not.
    @Test func aSecondSignalEndsAtOnce() throws {
        let eos = try Command()
        try eos.build("-DSECONDS=30")
        try eos.write("[objective]\nplugin = \"misbehaving\"\n[probes.sharpness]\nevery = 0\n", to: "slow.toml")
        let started = try eos.start("train", "slow.toml", "--out", "run", "--json")
        try started.wait(for: "iteration 0")
        kill(started.process.processIdentifier, SIGINT)
        try started.wait(for: "stopping after the current evaluation")
        #expect(started.process.isRunning)
        kill(started.process.processIdentifier, SIGINT)
        started.process.waitUntilExit()
        let result = try started.result()
        // A clean stop would have printed the summary.
        #expect(result.status == 130 && result.output.isEmpty)
        #expect(try eos("export", "run").status == 0)
    }

    /// An objective that looks at `cancelled` gives an evaluation of half a minute up; the state is saved all the same.
    @Test func aSignalCancelsALongEvaluation() throws {
        let eos = try Command()
        try eos.build("-DSECONDS=30 -DLOOKS=1")
        try eos.write("[objective]\nplugin = \"misbehaving\"\n[probes.sharpness]\nevery = 0\n", to: "slow.toml")
        let started = try eos.start("train", "slow.toml", "--out", "run", "--json")
        try started.wait(for: "iteration 0")
        kill(started.process.processIdentifier, SIGINT)
        started.process.waitUntilExit()
        let result = try started.result()
        #expect(result.status == 130, "\(result.error)")
        #expect(try members(result.output)["state"] as? String == "paused")
        #expect(FileManager.default.fileExists(atPath: "\(eos.directory)/run/ckpt/0.safetensors"))
    }

    @Test func theLogHasWhatPluginsSay() throws {
        let eos = try Command()
        try eos.build("")
        try eos.write("[objective]\nplugin = \"misbehaving\"\n", to: "bowl.toml")
        #expect(try eos("train", "bowl.toml", "--out", "run").status == 0)
        let log = try String(contentsOfFile: "\(eos.directory)/run/log", encoding: .utf8)
        #expect(log.contains("info: a bowl was made\n") && log.contains("warning: the second evaluation\n"), "\(log)")
    }

    @Test(.enabled(if: isInstalled("script"), "script (util-linux), which makes a terminal, is not installed"))
    func aTerminalShowsLiveLines() throws {
        let eos = try Command()
        try eos.write(valley(), to: "valley.toml")
        let result = try eos.shell("script -qec '\"$EOS\" train valley.toml --out run' shown")
        #expect(result.status == 0)
        let shown = try String(contentsOfFile: eos.directory + "/shown", encoding: .utf8)
        #expect(shown.contains("valley [..........") && shown.contains("%  iteration 0 of 400"), "\(shown)")
        #expect(shown.contains("  loss ") && shown.contains("sharpness "))
        #expect(!shown.contains("iteration 0: "))
    }

    @Test func aRunThatIsGoingIsNotResumed() throws {
        let eos = try Command()
        try eos.write(valley("[checkpoint]\nevery_seconds = 0.001\n"), to: "valley.toml")
        let started = try eos.start("train", "valley.toml", "--out", "run", "--set", "stop.iterations=10000000")
        #expect(waitForCheckpoint(eos.directory + "/run", least: 1, while: started.process))
        let second = try eos("train", "--resume", "run")
        #expect(second.status == 2)
        #expect(second.messages.first?.contains("another process (\(started.process.processIdentifier))") == true)
        // Its records may be read all the same.
        #expect(try eos("export", "run").output.split(separator: "\n").count > 2)
        kill(started.process.processIdentifier, SIGINT)
        started.process.waitUntilExit()
    }

    @Test func onlyLimitsMayChangeWhereARunGoesOn() throws {
        let eos = try Command()
        try eos.write(valley(), to: "valley.toml")
        #expect(try eos("train", "valley.toml", "--out", "run").status == 0)
        let refused = try eos("train", "--resume", "run", "--set", "policy.c=0.1")
        #expect(
            refused.status == 2 && refused.messages.first?.contains("would change the objective or the policy") == true)
        let longer = try eos("train", "--resume", "run", "--json", "--set", "stop.iterations=450")
        #expect(try members(longer.output)["iterations"] as? Int == 450)
        #expect(try eos("export", "run").output.split(separator: "\n").count == 452)
    }

    /// A limit of the file size fails writes as a full disk does, and needs no file system of its own.
    @Test(.enabled(if: isInstalled("prlimit"), "prlimit is not installed")) func fullDiskLosesNothing() throws {
        let eos = try Command()
        try eos.write(valley("[checkpoint]\nevery_seconds = 0.001\n"), to: "valley.toml")
        // Once the plugin was copied.
        let limited = try eos.shell(
            """
            "$EOS" train valley.toml --out run --set stop.iterations=30000 & pid=$!
            until [ -e run/run.db ]; do sleep 0.01; done
            prlimit --pid $pid --fsize=204800:204800
            wait $pid
            """)
        #expect(limited.status == 1, "\(limited.error)")
        #expect(limited.messages.count == 1)
        let message = try #require(limited.messages.first)
        #expect(message.contains(eos.directory) || message.contains("/run/"))
        #expect(message.contains("continue with --resume"))
        let resumed = try eos("train", "--resume", "run", "--json")
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try eos("train", "valley.toml", "--out", "whole", "--set", "stop.iterations=30000").status == 0)
        #expect(try parameters(eos.directory + "/run") == parameters(eos.directory + "/whole"))
        #expect(try records(eos("export", "run").output) == records(eos("export", "whole").output))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["EOS_DATA_DIR"] != nil, "EOS_DATA_DIR is not set"))
    func trainsOnRealData() throws {
        let eos = try Command()
        try eos.write(
            """
            [objective]
            plugin = "mlp"
            layers = [64, 30, 10]
            seed = 1
            [objective.data]
            file = "digits/optdigits.tes"
            format = "csv"
            train = 200
            test = 200
            standardize = "global"
            [policy]
            name = "nls-ub"
            [stop]
            iterations = 100
            """, to: "digits.toml")
        let result = try eos("train", "digits.toml", "--json", "--set", "compute.threads=2")
        #expect(result.status == 0, "\(result.error)")
        let summary = try members(result.output)
        let metrics = try #require(summary["metrics"] as? [String: Double])
        #expect(metrics["train_accuracy"]! > 0.5 && metrics["test_accuracy"]! > 0.4)
        let state = try CheckpointStore.load(summary["parameters"] as! String)
        #expect(state.layout("layer1.weight")?.shape == [30, 64] && state.layout("layer2.bias")?.shape == [10])
        let alone = try members(try eos("train", "digits.toml", "--json", "--set", "compute.threads=1").output)
        #expect((alone["loss"] as! [String: Double]) == (summary["loss"] as! [String: Double]))
    }
}
