import CEos
import EosCore
import EosRuns
import Foundation
import Testing

@Suite struct SpecTests {
    @Test func readsEveryPartAndFillsInDefaults() throws {
        let spec = try makeSpec(
            """
            name = "digits"
            [objective]
            plugin = "rosen"
            layers = [64, 100.5, 10]
            seed = 3
            [objective.data]
            file = "optdigits.tes"
            train = 500
            [policy]
            name = "nls-ub"
            c = 1e-3
            cap = 0.5
            [stop]
            iterations = 5000
            [probes.sharpness]
            every = 10
            count = 2
            [checkpoint]
            keep = 5
            [compute]
            threads = 2
            """)
        #expect(spec.name == "digits" && spec.plugin == "rosen" && spec.seed == 3)
        #expect(try spec.objective.numbers("layers") == [64, 100.5, 10])
        #expect(try spec.objective.integer("size") == 6)
        #expect(try spec.objective.string("data.file") == "optdigits.tes")
        #expect(try spec.objective.integer("data.train") == 500)
        #expect(spec.policyName == "nls-ub")
        #expect(try spec.policy.number("c") == 1e-3)
        #expect(try spec.stop.integer("iterations") == 5000)
        #expect(try spec.stop.number("gradient_norm") == 1e-8)
        #expect(spec.probes.sharpnessEvery == 10 && spec.probes.sharpnessCount == 2)
        #expect(spec.probes.sharpnessTolerance == 1e-3 && spec.probes.metricsEvery == 100)
        #expect(spec.checkpoint.everySeconds == 60 && spec.checkpoint.keep == 5)
        #expect(spec.compute.threads == 2 && spec.text.contains("ranks = 1"))
        let settings = try TrainerSettings(spec.trainerSettings)
        #expect(settings.seed == 3 && settings.iterations == 5000 && settings.sharpnessCount == 2)
    }

    @Test func leastSpecIsEnough() throws {
        let spec = try makeSpec()
        #expect(spec.name == "spec" && spec.seed == 0 && spec.policyName == "nls")
        #expect(spec.probes.sharpnessEvery == 100)
    }

    @Test func overridesWin() throws {
        let spec = try makeSpec(
            "[objective]\nplugin = \"rosen\"\n[policy]\nname = \"ls\"\n", "policy.name=nls", "objective.layers=[1, 2]",
            "stop.iterations=7", "objective.data.file=a b.csv", "policy.c=0.25")
        #expect(spec.policyName == "nls")
        #expect(try spec.policy.number("c") == 0.25)
        #expect(try spec.objective.numbers("layers") == [1, 2])
        #expect(try spec.objective.string("data.file") == "a b.csv")
        #expect(try spec.stop.integer("iterations") == 7)
    }

    @Test func writtenBackItIsTheSame() throws {
        let spec = try makeSpec(
            """
            name = 'a "quoted" \\ name'
            [objective]
            plugin = "rosen"
            scale = 4.9406564584124654e-324
            layers = [1.7976931348623157e308, 0.1, -3, 1e16]
            names = ["ü\\t", ""]
            seed = 9223372036854775807
            data.file = "x"
            [policy]
            name = "nls-ub"
            [stop]
            seconds = inf
            loss = -0.1
            """)
        let again = try makeSpec(spec.text)
        // NaN ("auto") differs from itself: the texts tell.
        #expect(again.text == spec.text)
        #expect(again.objective == spec.objective && again.name == spec.name && again.seed == spec.seed)
        #expect(try again.objective.number("scale") == 0x1p-1074)
        #expect(spec.text.contains("cap = \"auto\""))
    }

    @Test func fileBesideTheSpecGetsItsWholePath() throws {
        let scratch = Scratch()
        _ = scratch.write("1,2,0\n", to: "data/points.csv")
        let path = scratch.write("[objective]\nplugin = \"rosen\"\n[objective.data]\nfile = \"data/points.csv\"\n")
        let spec = try RunSpec(path: path, catalogue: TestCatalogue())
        let file = try spec.objective.string("data.file")
        #expect(file.hasPrefix("/") && file.hasSuffix("/data/points.csv"))
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test(arguments: [
        ("[objective\n", "spec.toml:1:11: this is not TOML: ']' is expected"),
        (
            "[objective]\nplugin = \"rosen\"\nplugin = \"b\"\n",
            "spec.toml:3:1: this is not TOML: objective.plugin is already defined in line 2"
        ),
        ("[policy]\nname = \"nls\"\n", "[objective]: plugin is missing"),
        ("[objective]\nplugin = 3\n", "spec.toml:2: [objective]: plugin = 3 is an integer; it must be a string"),
        (
            "[objective]\nplugin = \"mpl\"\n",
            "spec.toml:2: [objective] plugin = \"mpl\": there is no objective of this name"
        ),
        (
            "[objective]\nplugin = \"rosen\"\n\n[policy]\nname = \"nsl\"\n",
            "spec.toml:5: [policy] name = \"nsl\": there is no policy of this name"
        ),
        (
            "[objective]\nplugin = \"rosen\"\nactivaton = \"relu\"\n",
            "spec.toml:3: [objective] rosen: unknown key activaton; did you mean activation?"
        ),
        (
            "[objective]\nplugin = \"rosen\"\nactivation = \"rulu\"\n",
            "spec.toml:3: [objective] rosen: activation = \"rulu\" is not one of relu, tanh; did you mean relu?"
        ),
        ("[objective]\nplugin = \"rosen\"\nbias = 1\n", "spec.toml:3: [objective] rosen: bias = 1 is an integer"),
        ("[objective]\nplugin = \"rosen\"\nsize = 1\n", "spec.toml:3: [objective] rosen: size = 1 is out of range"),
        ("[objective]\nplugin = \"rosen\"\nseed = -1\n", "spec.toml:3: [objective]: seed = -1 is out of range"),
        (
            "[objective]\nplugin = \"rosen\"\n[objective.data]\ntrian = 3\n",
            "spec.toml:4: [objective] rosen: unknown key data.trian; did you mean data.train?"
        ),
        (
            "[objective]\nplugin = \"rosen\"\n[objective.data]\ntrain = 3\n",
            "spec.toml:4: [objective] rosen: data.train is given without data.file"
        ),
        (
            "[objective]\nplugin = \"rosen\"\n[policy]\nname = \"ls\"\nC = 3\n",
            "spec.toml:5: [policy] ls: unknown key C; did you mean c?"
        ),
        (
            "[objective]\nplugin = \"rosen\"\n[stop]\niteration = 3\n",
            "spec.toml:4: [stop]: unknown key iteration; did you mean iterations?"
        ),
        (
            "[objective]\nplugin = \"rosen\"\n[stop]\niterations = 1.5\n",
            "spec.toml:4: [stop]: iterations = 1.5 is a number; it must be an integer"
        ),
        ("[objective]\nplugin = \"rosen\"\n[polcy]\nname = \"ls\"\n", "spec.toml:3: unknown table polcy; did you mean"),
        ("[objective]\nplugin = \"rosen\"\n[stopp]\n", "spec.toml:3: unknown table stopp; did you mean stop?"),
        (
            "policy = 3\n[objective]\nplugin = \"rosen\"\n",
            "spec.toml:1: unknown key policy; it is a table, so set its keys: policy.KEY = VALUE"
        ),
        ("seed = 3\n[objective]\nplugin = \"rosen\"\n", "spec.toml:1: unknown key seed; did you mean objective.seed?"),
        (
            "[objective]\nplugin = \"rosen\"\n[probes.sharpness]\nevry = 3\n",
            "spec.toml:4: [probes.sharpness]: unknown key evry; did you mean every?"
        ),
        ("[objective]\nplugin = \"rosen\"\n[probes.sharp]\nx = 3\n", "unknown table probes.sharp"),
        (
            "[objective]\nplugin = \"rosen\"\nscale = 1979-05-27\n",
            "spec.toml:3:9: 1979-05-27: dates and times are not supported"
        ),
        ("[objective]\nplugin = \"rosen\"\nlayers = [1, \"a\"]\n", "spec.toml:3: objective.layers: the array mixes"),
        (
            "[objective]\nplugin = \"rosen\"\nlayers = [[1], [2]]\n",
            "spec.toml:3: objective.layers: the array holds an array"
        ),
        ("[objective]\nplugin = \"rosen\"\n\"a b\" = 1\n", "a key may contain letters"),
        ("[objective]\nplugin = \"rosen\"\nscale = nan\n", "nan is not allowed"),
        ("name = \"\"\n[objective]\nplugin = \"rosen\"\n", "spec.toml:1: name is not valid; give 1 to 200 characters"),
        (
            "[objective]\nplugin = \"rosen\"\u{0}\n",
            "spec.toml:2:17: this is not TOML: a new line is expected, not the control character U+0000"
        ),
        ("[objective]\nplugin = \"rosen\"\n[compute]\nranks = 2\n", "ranks = 2 is out of range"),
    ])
    func faultsNameFileLineAndRemedy(text: String, fault: String) throws {
        let error = #expect(throws: EosError.self) { try makeSpec(text) }
        let message = error?.message ?? ""
        #expect(message.contains(fault), "\(message)")
        #expect(!message.contains("\n"))
        #expect(error?.status == eos_status(EOS_E_CONFIG) || error?.status == eos_status(EOS_E_NOT_FOUND))
    }

    @Test(arguments: [
        ("policy.d=1", "spec.toml: --set policy.d: [policy] nls: unknown key d"),
        ("stop.iterations=many", "spec.toml: --set stop.iterations: [stop]: iterations = \"many\" is a string"),
        ("iterations=3", "unknown key iterations; did you mean stop.iterations?"),
        ("policy.c", "--set policy.c: 'policy.c' is not an assignment; write key=value"),
        ("policy.c=[1", "--set policy.c=[1: policy.c: the array [1 does not end with ']'"),
    ])
    func faultsInOverridesNameThem(assignment: String, fault: String) throws {
        let error = #expect(throws: EosError.self) {
            try makeSpec("[objective]\nplugin = \"rosen\"\n", assignment)
        }
        #expect(error?.message.contains(fault) == true, "\(error?.message ?? "")")
    }

    @Test func filesThatAreNoSpecs() throws {
        let scratch = Scratch()
        let missing = #expect(throws: EosError.self) {
            try RunSpec(path: scratch.path + "/none.toml", catalogue: TestCatalogue())
        }
        #expect(missing?.status == eos_status(EOS_E_NOT_FOUND))
        #expect(missing?.message.contains("none.toml: No such file or directory") == true)
        let directory = #expect(throws: EosError.self) { try RunSpec(path: scratch.path, catalogue: TestCatalogue()) }
        #expect(directory?.message.contains("is a directory") == true)
        let binary = scratch.path + "/binary.toml"
        try Data([0xff, 0xfe, 0x00, 0x80]).write(to: URL(filePath: binary))
        let unreadable = #expect(throws: EosError.self) { try RunSpec(path: binary, catalogue: TestCatalogue()) }
        #expect(unreadable?.message.contains("not a UTF-8 text file") == true)
    }
}
