import Foundation
import Testing

@Suite struct BadInputTests {
    /// Arguments, exit status, and what the one line must say.
    @Test(arguments: [
        ("train", 2, "give a spec, or a run with --resume"),
        ("train none.toml", 2, "none.toml: No such file or directory; check the path"),
        ("train .", 2, "this is a directory; give the spec file"),
        ("train broken.toml", 2, "broken.toml:2:"),
        ("train good.toml extra", 2, "Unexpected argument 'extra'"),
        ("train good.toml --bogus", 2, "Unknown option '--bogus'"),
        ("trian good.toml", 2, "trian"),
        ("train good.toml --set objective.plugin=rosenbrok", 2, "did you mean rosenbrock?"),
        ("train good.toml --set policy.name=nsl", 2, "[policy] name = \"nsl\": unknown policy nsl; did you mean nls?"),
        ("train good.toml --set objective.sise=3", 2, "[objective] rosenbrock: unknown key sise; did you mean size?"),
        ("train good.toml --set objective.size=big", 2, "size = \"big\" is a string; it must be an integer"),
        ("train good.toml --set objective.size=1", 2, "size = 1 is out of range; it must be at least 2"),
        ("train good.toml --set policy.shrink=2", 2, "[policy] nls: shrink = 2 is out of range"),
        ("train good.toml --set stop.iteration=3", 2, "[stop]: unknown key iteration; did you mean iterations?"),
        ("train good.toml --set stopp.iterations=3", 2, "unknown key stopp.iterations; did you mean stop.iterations?"),
        ("train good.toml --set policy.name=constant", 2, "[policy] constant: step is missing"),
        ("train good.toml --set size", 2, "'size' is not an assignment; write key=value"),
        ("train good.toml --out taken", 2, "this path exists already"),
        ("train good.toml --out /proc/self/none", 2, "/proc/self/none: No such file or directory"),
        ("train good.toml --resume taken", 2, "exclude each other; remove one"),
        ("train --resume none", 2, "none: there is no such run directory"),
        ("train --resume taken", 2, "this is not a run directory, because it has no spec.toml"),
        ("train good.toml --set objective.size=3000000000", 1, "3000000000"),
        ("train data.toml", 2, "[objective] mlp: data.file = \"none.csv\": no such file in"),
        ("train data.toml --set objective.data.file=cut.csv", 2, "cut.csv:2: has 3 columns instead of 5"),
        ("train data.toml --set objective.data.file=short.csv", 2, "short.csv: has 2 samples, fewer than requested"),
        ("train data.toml --set objective.data.format=idx", 2, "data.labels is missing"),
        (
            "train data.toml --set objective.data.generator=clusters", 2,
            "data.file and data.generator exclude each other"
        ),
        ("export ./none", 2, "./none: there is no such run directory"),
        ("export none --socket ./none", 1, "none: there is no such run directory, and eosd does not listen on ./none"),
        ("export taken", 2, "this is not a run directory"),
        ("sharpness none.toml", 2, "none.toml: No such file or directory"),
        ("sharpness good.toml --count 0", 2, "--count is 0; give 1 to 1000"),
        ("sharpness taken", 2, "this is not a run directory"),
    ])
    func oneLineAndAStatus(arguments: String, status: Int, fault: String) throws {
        let eos = try Command()
        try eos.write(valley(), to: "good.toml")
        try eos.write("[objective]\nplugin = \n", to: "broken.toml")
        try eos.write(
            """
            [objective]
            plugin = "mlp"
            layers = [4, 3, 2]
            [objective.data]
            file = "none.csv"
            format = "csv"
            train = 3
            """, to: "data.toml")
        try eos.write("1,2,3,4,0\n1,2,3\n", to: "cut.csv")
        try eos.write("1,2,3,4,0\n4,3,2,1,1\n", to: "short.csv")
        try FileManager.default.createDirectory(atPath: eos.directory + "/taken", withIntermediateDirectories: true)
        try eos.write("x", to: "taken/file")
        let result = try eos.shell("\"$EOS\" \(arguments)")
        #expect(result.status == status, "\(result.error)")
        #expect(result.messages.count == 1 && result.messages[0].contains(fault), "\(result.error)")
        #expect(result.output.isEmpty)
        let runs = try? FileManager.default.contentsOfDirectory(atPath: eos.directory + "/runs")
        #expect(runs ?? [] == [])
    }

    @Test func filesThatAreNoPluginsAreNamed() throws {
        let eos = try Command()
        try eos.write(valley(), to: "good.toml")
        try FileManager.default.createDirectory(atPath: eos.directory + "/plugins", withIntermediateDirectories: true)
        try eos.write("not a shared object", to: "plugins/text.so")
        eos.environment["EOS_PLUGIN_PATH"] = "plugins"
        let train = try eos("train", "good.toml", "--set", "objective.plugin=toy")
        #expect(train.status == 2)
        #expect(
            train.messages.count == 1 && train.messages[0].contains("refused: plugins/text.so: is not a shared object"))
        let plugins = try members(try eos("plugins", "--json").output)
        let refused = try #require(plugins["refused"] as? [[String: Any]])
        #expect(refused.count == 1 && refused[0]["file"] as? String == "plugins/text.so")
        let doctor = try eos("doctor")
        #expect(doctor.status == 1 && doctor.output.contains("PROBLEM"))
    }

    @Test func divergenceNamesIterateAndValue() throws {
        let eos = try Command()
        try eos.write(valley(), to: "good.toml")
        let result = try eos(
            "train", "good.toml", "--set", "policy.name=constant", "--set", "policy.step=1", "--json", "--out", "run")
        #expect(result.status == 1)
        #expect(result.messages.count == 1)
        #expect(result.messages[0].contains("at iteration") && result.messages[0].contains("use a smaller step"))
        let summary = try members(result.output)
        #expect(summary["state"] as? String == "failed")
        #expect(try records(eos("export", "run").output).count > 2)
    }

    @Test(arguments: [("1", 0, "agrees"), ("1.001", 1, "contradicts")] as [(String, Int32, String)])
    func gradientsThatContradictTheValuesAreFound(factor: String, status: Int32, verdict: String) throws {
        let eos = try Command()
        try eos.build("-DFACTOR=\(factor)")
        try eos.write("[objective]\nplugin = \"misbehaving\"\n", to: "liar.toml")
        let result = try eos("train", "liar.toml", "--check", "--json")
        #expect(result.status == status, "\(result.error)")
        #expect(try members(result.output)["verdict"] as? String == verdict)
        #expect(result.messages.count == Int(status))
        #expect(!FileManager.default.fileExists(atPath: eos.directory + "/runs"))
    }

    @Test(arguments: [
        ("-DVALUE=NAN", "the value is nan at the starting point"),
        ("-DFACTOR=INFINITY", "the gradient is not finite at the starting point"),
        ("-DSTATUS=EOS_E_FAILED", "the sensor came off"),
    ])
    func objectivesThatFailAtTheStart(defines: String, fault: String) throws {
        let eos = try Command()
        try eos.build("'\(defines)'")
        try eos.write("[objective]\nplugin = \"misbehaving\"\n", to: "spec.toml")
        let result = try eos("train", "spec.toml", "--json")
        #expect(result.status == 1)
        #expect(result.messages.count == 1 && result.messages[0].contains(fault), "\(result.error)")
        #expect(try members(result.output)["state"] as? String == "failed")
    }

    @Test func aStartWithoutAGradientHasConverged() throws {
        let eos = try Command()
        try eos.build("'-DFACTOR=0'")
        try eos.write("[objective]\nplugin = \"misbehaving\"\n", to: "spec.toml")
        let result = try eos("train", "spec.toml", "--json")
        #expect(result.status == 0, "\(result.error)")
        let report = try members(result.output)
        #expect(report["state"] as? String == "converged")
        #expect(report["iterations"] as? Int == 0)
    }
}
