import Foundation
import TestSupport
import Testing

/// `eos train` meets every plugin that misbehaves.
@Suite struct TrainTests {
    /// What a healthy plugin leaves in the records.
    private static let healthy = Result<[String], any Error> {
        let eos = try Eos([.healthy])
        try eos.writeSpec(of: .healthy)
        let result = try eos("train", "spec.toml", "--out", "run", "--json")
        try #require(result.status == 0, "\(result.error)")
        #expect(result.remarks.isEmpty, "\(result.error)")
        return try eos.records("run")
    }

    @Test(arguments: Misbehaviour.all)
    func answersEveryOne(_ plugin: Misbehaviour) throws {
        let eos = try Eos([plugin])
        try eos.writeSpec(of: plugin)
        if case .hangs = plugin.training { return try interrupt(plugin, eos) }
        let result = try eos("train", "spec.toml", "--out", "run", "--json")
        switch plugin.training {
        case .trains(let warning):
            try expectTraining(result, eos, warning)
            let log = try String(contentsOfFile: eos.directory + "/run/log", encoding: .utf8)
            #expect(warning.isEmpty || log.contains(warning), "\(log)")
        case .endsWell(let warning): try expectTraining(result, eos, warning)
        case .trainsWrongly:
            #expect(result.status == 0, "\(result.error)")
            #expect(try eos.records("run") != Self.healthy.get())
            #expect(try eos("train", "spec.toml", "--check").status == 1)
        case .fails(let reason): try expectFailure(result, eos, reason)
        case .isRefused(let reason):
            #expect(result.status == 1 || result.status == 2, "\(result.error)")
            #expect(result.remarks.count == 1 && result.remarks[0].contains(reason), "\(result.error)")
            #expect(result.output.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: eos.directory + "/run"))
        case .ends(let status, let words): try expectEnd(of: plugin, result, eos, status, words)
        case .hangs: break
        }
    }

    private func expectTraining(_ result: ProgramResult, _ eos: Eos, _ warning: String) throws {
        #expect(result.status == 0, "\(result.error)")
        #expect(try members(result.output)["state"] as? String == "budget_exhausted")
        #expect(result.remarks.count == (warning.isEmpty ? 0 : 1), "\(result.error)")
        #expect(result.remarks.allSatisfy { $0.hasPrefix("eos: warning: ") && $0.contains(warning) }, "\(result.error)")
        #expect(try eos.records("run") == Self.healthy.get())
    }

    private func expectFailure(_ result: ProgramResult, _ eos: Eos, _ reason: String) throws {
        #expect(result.status == 1, "\(result.error)")
        #expect(result.remarks.count == 1 && result.remarks[0].contains(reason), "\(result.error)")
        let summary = try members(result.output)
        #expect(summary["state"] as? String == "failed")
        // What stands in the last checkpoint is good.
        let iterations = try #require(summary["iterations"] as? Int)
        #expect(FileManager.default.fileExists(atPath: "\(eos.directory)/run/ckpt/\(iterations).safetensors"))
        try expectResumption(eos)
    }

    private func expectEnd(
        of plugin: Misbehaviour, _ result: ProgramResult, _ eos: Eos, _ status: Int32, _ words: String
    ) throws {
        #expect(result.status == status, "\(result.error)")
        let hasBegun = FileManager.default.fileExists(atPath: eos.directory + "/run")
        if words.isEmpty {
            #expect(result.remarks.isEmpty, "\(result.error)")
        } else {
            let line = try #require(result.remarks.count == 1 ? result.remarks[0] : nil, "\(result.error)")
            #expect(line.contains("the plugin \(eos.file(of: plugin)) ended the process by "), "\(line)")
            #expect(line.contains(words), "\(line)")
            #expect(line.contains("eos train --resume ") == hasBegun, "\(line)")
            #expect(line.hasSuffix("eos plugin check \(eos.file(of: plugin))"), "\(line)")
        }
        if hasBegun { try expectResumption(eos) }
    }

    /// Once the plugin is mended the run goes on, to the same bits as if nothing had happened.
    private func expectResumption(_ eos: Eos) throws {
        let resumed = try eos("train", "--resume", "run", "--set", "checkpoint.every_seconds=60", behaving: true)
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try eos.records("run") == Self.healthy.get())
    }

    /// A first signal says what is waited for, a second one ends at once.
    private func interrupt(_ plugin: Misbehaviour, _ eos: Eos) throws {
        let started = try eos.start(["train", "spec.toml", "--out", "run", "--json"])
        try started.wait(for: "for ever")
        guard plugin.name.hasSuffix("_in_evaluate") else {
            // Nothing is there yet that could be saved.
            started.signal(SIGINT)
            #expect(try started.result().status == 130)
            #expect(!FileManager.default.fileExists(atPath: eos.directory + "/run"))
            return
        }
        started.signal(SIGINT)
        try started.wait(for: "stopping after the current evaluation (evaluate of \(eos.file(of: plugin)))")
        #expect(started.process.isRunning)
        started.signal(SIGINT)
        let result = try started.result()
        #expect(result.status == 130 && result.output.isEmpty, "\(result.error)")
        try expectResumption(eos)
    }

    /// An exit in a call is recorded, where that is safe.
    @Test func anExitIsRecorded() throws {
        let plugin = try #require(Misbehaviour.ends.first { $0.name == "exit" })
        let eos = try Eos([plugin])
        try eos.writeSpec(of: plugin)
        #expect(try eos("train", "spec.toml", "--out", "run").status == 1)
        let log = try String(contentsOfFile: eos.directory + "/run/log", encoding: .utf8)
        #expect(
            log.contains("error: failed: the plugin \(eos.file(of: plugin)) ended the process by exit(3)"), "\(log)")
    }

    /// deinit is for cleaning up: it is called once, whatever came of the run, and files that it leaves open are written.
    @Test(arguments: ["", "-DSTATUS=EOS_E_FAILED"]) func deinitIsCalledOnce(_ flags: String) throws {
        let plugin = Misbehaviour("leaves_file", "-DAT_DEINIT=leave_file \(flags)", .trains())
        let eos = try Eos([plugin])
        try eos.writeSpec(of: plugin)
        let result = try eos("train", "spec.toml", "--out", "run")
        #expect(result.status == (flags.isEmpty ? 0 : 1), "\(result.error)")
        let left = try String(contentsOfFile: eos.directory + "/deinitialised", encoding: .utf8)
        #expect(left == "once\n")
        // Listing only looks at it.
        #expect(try eos("plugins", "--refresh").status == 0)
        #expect(try String(contentsOfFile: eos.directory + "/deinitialised", encoding: .utf8) == left)
    }

    /// A signal ends a process that only waits for a plugin, with the status of the run.
    @Test(arguments: [SIGINT, SIGTERM]) func aSignalEndsTheWaiting(_ signal: Int32) throws {
        let plugin = Misbehaviour("nap_in_deinit", "-DAT_DEINIT=nap", .trains())
        let eos = try Eos([plugin])
        try eos.writeSpec(of: plugin)
        let started = try eos.start(["train", "spec.toml", "--out", "run", "--json"])
        try started.wait(for: "sleeping for ever")
        started.signal(signal)
        let result = try started.result()
        #expect(result.status == 0 && result.remarks.isEmpty, "\(result.error)")
        #expect(try members(result.output)["state"] as? String == "budget_exhausted")
    }

    /// `eos sharpness` has its own results, and ends as well.
    @Test(arguments: Misbehaviour.farewells) func sharpnessEndsWell(_ plugin: Misbehaviour) throws {
        let eos = try Eos([plugin])
        try eos.writeSpec(of: plugin)
        let result = try eos("sharpness", "spec.toml", "--json")
        #expect(result.status == 0, "\(result.error)")
        #expect(try members(result.output)["iteration"] as? Int == 0)
    }

    /// `eos sharpness` tells of it, too.
    @Test func sharpnessTellsWhatEndedIt() throws {
        let plugin = try #require(Misbehaviour.ends.first { $0.name == "segfault_in_create" })
        let eos = try Eos([plugin])
        try eos.writeSpec(of: plugin)
        let result = try eos("sharpness", "spec.toml")
        #expect(result.status == 139)
        #expect(
            result.remarks.count == 1 && result.remarks[0].contains("in its create; check it with"), "\(result.error)"
        )
    }
}
