import Foundation
import TestSupport
import Testing

/// `eos plugin check`: exit status, table, JSON, and what is said of a plugin that ends its process.
@Suite struct PluginCheckTests {
    private let eos: Command

    init() throws { eos = try Command() }

    /// Builds the plugin in Tests/Fixtures/nonconforming with one rule broken.
    private func build(_ rule: String? = nil) throws {
        let define = rule.map { "-DBREAK_\($0)" } ?? ""
        let source = "'\(Tree.root)/Tests/Fixtures/nonconforming/'*.c"
        let result = try eos.shell(
            "cc -std=c11 -shared -fPIC -O1 \(define) -I '\(Tree.root)/include' -o plugin.so \(source) -lm -lpthread")
        try #require(result.status == 0, "\(result.error)")
    }

    @Test func aRightPluginPasses() throws {
        try build()
        let result = try eos("plugin", "check", "plugin.so", "--timeout", "60")
        #expect(result.status == 0)
        #expect(result.messages == [])
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "org.example.conformance 1.0.0  plugin.so")
        #expect(lines.contains("objective org.example.right"))
        #expect(lines.contains("policy org.example.halves"))
        #expect(lines.last == "37 passed, 0 failed, 0 warnings, 0 skipped")
    }

    @Test func aFailureIsTheExitStatusAndShowsItsCurve() throws {
        try build("GRADIENT")
        let result = try eos("plugin", "check", "plugin.so", "--timeout", "60", "--only", "gradient")
        #expect(result.status == 1)
        #expect(result.messages == [])
        let lines = result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.contains { $0.hasPrefix("gradient  FAIL") })
        #expect(lines.contains("h         error"))
        #expect(lines.contains { $0.hasPrefix("1e-05") || $0.contains("e-05 ") })
        #expect(lines.last == "0 passed, 1 failed, 0 warnings, 0 skipped")
    }

    @Test func aCrashIsToldOfAndTheRestGoesOn() throws {
        try build("CRASHES")
        let result = try eos("plugin", "check", "plugin.so", "--timeout", "60", "--json")
        #expect(result.status == 1)
        let report = try members(result.output)
        #expect(report["ok"] as? Bool == false)
        #expect(report["failed"] as? Int == 1)
        #expect(report["passed"] as? Int == 36)
        #expect(report["plugin"] as? String == "org.example.conformance 1.0.0")
        let checks = try #require(report["checks"] as? [[String: Any]])
        let failed = try #require(checks.first { $0["verdict"] as? String == "fail" })
        #expect(failed["check"] as? String == "nonfinite")
        #expect(failed["subject"] as? String == "objective org.example.right")
        let findings = try #require(failed["findings"] as? [[String: Any]])
        let message = try #require(findings.first?["message"] as? String)
        #expect(message.contains("SIGSEGV"), "\(message)")
        #expect(message.contains("with infinity in element 0"), "\(message)")
    }

    @Test func whatWasSaidBeforeAnExitIsRepeated() throws {
        try build("EXITS")
        let result = try eos("plugin", "check", "plugin.so", "--timeout", "60", "--only", "nonfinite")
        #expect(result.status == 1)
        #expect(result.output.contains("exit status 3"))
        #expect(result.output.contains("it printed: this can't be"))
    }

    @Test func warningsFailOnlyWhereThatIsAskedFor() throws {
        try build("POLICY_TINY")
        let arguments = "plugin.so --policy halves --only training --timeout 60"
        #expect(try eos.shell("\"$EOS\" plugin check \(arguments)").status == 0)
        let strict = try eos.shell("\"$EOS\" plugin check \(arguments) --strict")
        #expect(strict.status == 1)
        #expect(strict.output.contains("training  warning"))
        #expect(strict.output.contains("objective org.example.right") == false)
    }

    @Test(arguments: [
        "plugin check", "plugin check nowhere.so", "plugin check plugin.so --only gradent",
        "plugin check plugin.so --set sise=3", "plugin check plugin.so --objective left",
        "plugin check plugin.so --timeout 0", "plugin check plugin.so --set size",
    ])
    func aMistakeOfTheUserIsStatusTwoAndOneLine(_ arguments: String) throws {
        try build()
        let result = try eos.shell("\"$EOS\" \(arguments)")
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.messages.count == 1, "\(result.error)")
    }

    @Test func allThatWasMeasuredIsShownToThoseWhoAsk() throws {
        try build()
        let result = try eos("plugin", "check", "plugin.so", "--timeout", "60", "--only", "cost", "--verbose")
        #expect(result.output.contains("value and gradient / value: "))
    }

    /// f = |x|^2/2, a good while after it was asked for; from evaluation FLAW on it is another one.
    private static let slow = """
        #include <eos/kit.h>
        #include <unistd.h>
        static eos_status describe(void *s, eos_objective_description *o) {
            (void)s;
            o->dtype = EOS_F64;
            o->dimension = 2;
            o->flags = EOS_OBJECTIVE_DETERMINISTIC;
            o->value_lower_bound = o->sharpness_lower_bound = NAN;
            return EOS_OK;
        }
        static eos_status start(void *s, uint64_t seed, void *x) {
            (void)s;
            ((double *)x)[0] = 1 + (double)seed;
            ((double *)x)[1] = 2;
            return EOS_OK;
        }
        static eos_status evaluate(void *s, eos_evaluation *e) {
            const double *x = e->x;
            double *g = e->gradient;
            usleep(300000);
            e->value = (x[0] * x[0] + x[1] * x[1]) / 2 + (++*(int *)s > FLAW);
            if (g) g[0] = x[0], g[1] = x[1];
            return EOS_OK;
        }
        static const eos_objective_ops ops = {
            .struct_size = sizeof ops, .destroy = free, .describe = describe, .initial_point = start, .evaluate = evaluate};
        static const eos_objective_type types[] = {{
            .descriptor = {.struct_size = sizeof(eos_descriptor), .id = "org.example.slow", .title = "a slow bowl"},
            .ops = &ops, .size = sizeof(int)}};
        EOS_OBJECTIVE_PLUGIN(types, "org.example.slow", "1.0.0", "MIT");
        """

    /// As often as there is time for, and never a failure for want of time; what is wrong is found all the same.
    @Test(arguments: [
        (1_000_000, 12, "pass", "more evaluations; raise --timeout for more"),
        (1_000_000, 2, "skipped", "an evaluation takes 0.3"), (1, 12, "FAIL", "gives different bits when repeated"),
        (9, 12, "FAIL", "gives different bits after"),
    ])
    func slowEvaluationsAreRepeatedAsOftenAsThereIsTime(
        _ flaw: Int, _ limit: Int, _ verdict: String, _ words: String
    ) throws {
        try eos.write(Self.slow, to: "slow.c")
        let built = try eos.shell(
            "cc -std=gnu11 -shared -fPIC -O1 -DFLAW=\(flaw) -I '\(Tree.root)/include' -o slow.so slow.c")
        try #require(built.status == 0, "\(built.error)")
        let result = try eos("plugin", "check", "slow.so", "--only", "determinism", "--timeout", "\(limit)")
        #expect(result.status == (verdict == "FAIL" ? 1 : 0), "\(result)")
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.contains("determinism  \(verdict)") }, "\(result.output)")
        #expect(result.output.contains(words), "\(result.output)")
    }

    private static let mlp = "\(Tree.products)/libeos-plugin-mlp.so"

    /// What is missing is said once, with what to give, and nothing is called a failure.
    @Test(arguments: [
        (
            [String](),
            "layers is required; give --set layers=..., or --spec FILE with the spec of a run"
        ),
        (
            ["--set", "layers=[4,3]"],
            "no data set is given; give data.file and data.format, or data.generator, by --set or by --spec FILE with "
                + "the spec of a run"
        ),
    ])
    func missingKeysAndDataAreOneLine(arguments: [String], message: String) throws {
        let result = try eos.shell("\"$EOS\" plugin check '\(Self.mlp)' \(arguments.joined(separator: " "))")
        #expect(result.status == 2)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.contains(message) }.count == 1, "\(result.output)")
        #expect(lines.filter { $0.hasPrefix("  ") }.count == 2, "\(result.output)")
        #expect(lines.last == "1 passed, 0 failed, 0 warnings, 22 skipped")
    }

    /// A spec in another directory, with data beside it.
    @Test func aSpecGivesKeysAndData() throws {
        try FileManager.default.createDirectory(
            atPath: eos.directory + "/with space", withIntermediateDirectories: true)
        try eos.write((0..<20).map { "\($0),\($0 * 7 % 5),\($0 % 2)\n" }.joined(), to: "with space/a.csv")
        let spec = """
            [objective]
            plugin = "mlp"
            seed = 3
            layers = [2, 4, 2]
            activation = "tanh"
            dtype = "f64"
            [objective.data]
            file = "a.csv"
            format = "csv"
            [policy]
            name = "nls"
            [stop]
            iterations = 5
            """
        try eos.write(spec, to: "with space/run.toml")
        func check(_ arguments: String) throws -> Command.Result {
            try eos.shell("\"$EOS\" plugin check '\(Self.mlp)' --spec 'with space/run.toml' --timeout 60 \(arguments)")
        }
        let result = try check("--only tables --only gradient")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("gradient  pass"), "\(result.output)")
        #expect(result.output.contains("f64, dimension 22"), "\(result.output)")
        // What is set by hand goes before it.
        #expect(try check("--only tables --set 'layers=[2,5,2]'").output.contains("f64, dimension 27"))

        let mistakes: [(String, String, String)] = [
            ("plugin = \"mlp\"", "plugin = \"quadratic\"", "names the objective quadratic and the policy nls"),
            ("seed = 3", "sead = 3", "[objective] eos.mlp has no key sead"),
            ("[2, 4, 2]", "[2, 4", "run.toml:5:1: this is not TOML"),
            ("plugin = \"mlp\"", "plugin = 3", "run.toml:2: objective.plugin = 3 is an integer"),
        ]
        for (old, new, message) in mistakes {
            try eos.write(spec.replacingOccurrences(of: old, with: new), to: "with space/run.toml")
            let result = try check("")
            #expect(result.status == 2)
            #expect(result.messages.count == 1 && result.error.contains(message), "\(result.error)")
        }
        let none = try eos.shell("\"$EOS\" plugin check '\(Self.mlp)' --spec none.toml")
        #expect(none.status == 2 && none.messages.count == 1, "\(none.error)")
    }

    /// Looking for leaks ends by the clock, whatever a call takes and however that changes, and says how far it came.
    @Test(arguments: ["SLOW", "SLOWER"]) func slowPluginsDoNotHoldUpTheSearchForLeaks(rule: String) throws {
        try build(rule)
        let start = ContinuousClock.now
        let result = try eos(
            "plugin", "check", "plugin.so", "--objective", "right", "--only", "leaks", "--timeout", "20")
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(result.status == 0, "\(result.output)")
        // Two seconds each for lives and calls, and one call more.
        #expect(seconds < 15, "\(seconds)")
        let line = try #require(result.output.split(separator: "\n").first { $0.contains("leaks") })
        let match = try #require(line.firstMatch(of: /(\d+) times made and destroyed and (\d+) calls/))
        #expect((5...200).contains(Int(match.1)!) && (5...200).contains(Int(match.2)!), "\(line)")
    }

    @Test func theChecksAreListed() throws {
        let result = try eos("plugin", "check", "--list")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.contains("policy"))
        #expect(lines.contains { $0.hasPrefix("  gradient ") })
        #expect(lines.count == 40)
    }
}
