import EosConformance
import TestSupport
import Testing

/// Each rule that a plugin breaks is found by its check, and by no other.
@Suite struct RuleTests {
    /// A rule of the fixture, the checks that fail where it is broken, and words of what they say.
    struct Rule: Sendable, CustomTestStringConvertible {
        let name: String
        let failing: [String]
        let words: String

        init(_ name: String, _ failing: String..., says words: String) {
            self.name = name
            self.failing = failing
            self.words = words
        }

        var testDescription: String { name }
    }

    static let plugin = [
        Rule("FACTORY", "plugin entry", says: "get_factory"),
        Rule("DESCRIPTOR_END", "plugin entry", says: "descriptor(1) is not NULL"),
        Rule("PLUGIN_SIZE", "plugin entry", says: "struct_size is 1073741824"),
    ]

    static let tables = [
        Rule("OPS_SIZE", "objective tables", says: "struct_size is 1073741824"),
        Rule("HALF_RAY", "objective tables", says: "ray_commit"),
        Rule("NO_SHARDS", "objective tables", says: "shard_count is -3"),
        Rule("DESCRIBES_DIFFERENTLY", "objective tables", says: "describe gives another description"),
        Rule("DEFAULTS", "objective tables", says: "nothing can be made"),
        Rule("SILENT", "objective schema", says: "size = 1000000000 create returned -7 and set no error message"),
        Rule("CREATE_CRASHES", "objective schema", says: "SIGABRT (Aborted), with size = 2"),
        Rule("START", "objective start", says: "nan at 4"),
    ]

    static let memory = [
        Rule("WRITES_PAST", "objective memory", says: "past the end of the gradient (40 bytes)"),
        Rule("WRITES_BEFORE", "objective memory", says: "8 bytes before the beginning of the gradient"),
        Rule("READS_PAST", "objective memory", says: "reads past the end of x"),
        Rule("WRITES_POINT", "objective memory", says: "x has changed"),
        Rule("MEASURE_WRITES", "objective memory", says: "past the end of the metrics' values"),
        Rule("DESCRIPTION_PAST", "objective sizes", says: "past the end of the description"),
        Rule("SHARD_RANGE", "objective sizes", says: "shard_first -1, shard_count 1"),
        Rule("LEAK_LIFE", "objective leaks", says: "bytes more with every objective"),
        // Making one calls evaluate, too.
        Rule("LEAK_CALL", "objective leaks", says: "bytes more with every call"),
        Rule("LEAK_PAGES", "objective leaks", says: "the address space grows by 4096 bytes with every call"),
    ]

    static let values = [
        Rule("SEEDLESS", "objective determinism", says: "initial point of seed 0 differs"),
        Rule("LATER", "objective determinism", says: "different bits when repeated"),
        Rule("VALUE_ALONE", "objective value-only", says: "the value alone is"),
        Rule("KEPT", "objective value-only", says: "under the same id"),
        Rule("GRADIENT_ALONE", "objective value-only", says: "EOS_WANT_GRADIENT"),
        Rule("GRADIENT", "objective gradient", says: "differs from the differences of values"),
        Rule("PRODUCT", "objective curvature", says: "differs from the differences of gradients"),
        Rule("SYMMETRY", "objective curvature", says: "the Hessian is symmetric"),
        Rule("PART", "objective curvature", says: "part 0 of H"),
        Rule("LINEARITY", "objective curvature", says: "products"),
        Rule("LINEARIZE", "objective curvature", says: "after an evaluation elsewhere"),
        Rule("RAY", "objective ray", says: "they must be the same function"),
        Rule("RAY_MEMORY", "objective ray", says: "must not depend on earlier values"),
        Rule("COMMIT", "objective ray", says: "after ray_commit"),
        Rule("SHARDS", "objective shards", says: "value must be a sum"),
        Rule("SHARD_GRADIENT", "objective shards", says: "the gradient summed over"),
        Rule("F32_OFF", "objective precision", says: "both must compute the same function"),
        Rule("NEGATIVE", "objective lower-bounds", says: "EOS_OBJECTIVE_NONNEGATIVE"),
        Rule("VALUE_BOUND", "objective lower-bounds", says: "value_lower_bound 1.0"),
        Rule("SHARPNESS_BOUND", "objective lower-bounds", says: "sharpness_lower_bound 100.0"),
    ]

    static let structure = [
        Rule("METRIC_NAME", "objective metrics", says: "Largest element"),
        Rule("METRIC_END", "objective metrics", says: "metric(1) returns 1"),
        Rule("MEASURE", "objective metrics", says: "let it change no state"),
        Rule("BLOCK_GAP", "objective blocks", says: "no block covers the parameters 1..<2"),
        Rule("BLOCK_OVERLAP", "objective blocks", says: "begins at 0"),
        Rule("BLOCK_END", "objective blocks", says: "return EOS_E_NOT_FOUND"),
        Rule("LOAD", "objective state", says: "save all state that they use"),
        Rule("LOAD_CUT", "objective state", says: "accepts state cut to 0 of 24 bytes"),
        Rule("LOAD_HALF", "objective state", says: "change nothing in this case"),
        Rule("SAVE_ONCE", "objective state", says: "eos_write_all"),
    ]

    static let hostile = [
        Rule("HIDES_NAN", "objective nonfinite", says: "with all elements NaN the value is"),
        Rule("FAILS_NONFINITE", "objective nonfinite", says: "return EOS_RECOVERABLE"),
        Rule("STICKY", "objective nonfinite", says: "keep no state of the evaluation"),
        Rule("CRASHES", "objective nonfinite", says: "SIGSEGV (Segmentation fault), with infinity in element 0"),
        Rule("EXITS", "objective nonfinite", says: "exit status 3, with infinity in element 0"),
        Rule("REENTRANT", "objective threads", says: "remove EOS_OBJECTIVE_REENTRANT"),
        Rule("STATIC", "objective threads", says: "two instances on two threads"),
        Rule("THREAD_LOCAL", "objective threads", says: "another thread than that of create"),
        Rule("SHARED_TABLE", "objective destroy", says: "after another is destroyed"),
        Rule("DESTROY_NULL", "objective destroy", says: "destroying NULL"),
    ]

    static let manners = [
        Rule("CHDIR", "objective manners", says: "the working directory"),
        Rule("LOCALE", "objective manners", says: "the locale"),
        Rule("SIGNAL_MASK", "objective manners", says: "the signal mask"),
        Rule("HANDLER", "objective manners", says: "signal"),
        Rule("UMASK", "objective manners", says: "the umask to 077"),
        Rule("PRINTS", "objective manners", says: "standard output (\"evaluating\")"),
        Rule("DESCRIPTOR", "objective manners", says: "close them in destroy"),
        Rule("THREAD", "objective manners", "objective leaks", says: "join them in destroy"),
        Rule(
            "LOADING", "objective manners", "policy manners",
            says: "loading the plugin: its init changed the working directory"),
    ]

    static let policies = [
        Rule("POLICY_OPS_SIZE", "policy tables", says: "struct_size is 1073741824"),
        Rule("POLICY_NEEDS", "policy tables", says: "needs gives another answer"),
        Rule("POLICY_SILENT", "policy schema", says: "first = 2.0 create returned -1 and set no error message"),
        Rule("POLICY_STEP_PAST", "policy memory", says: "past the end of the step"),
        Rule("POLICY_NEWER", "policy memory", says: "reads past the end of the trial"),
        Rule("POLICY_NEGATIVE", "policy steps", says: "at iterate 7"),
        Rule("POLICY_ENDLESS", "policy steps", says: "continues after 1000 trials"),
        Rule("POLICY_NAN", "policy nonfinite", says: "check eos_trial.finite"),
        Rule("POLICY_RANDOM", "policy determinism", says: "two instances give different steps"),
        Rule("POLICY_RESET", "policy reset", says: "discard all state"),
        Rule("POLICY_SAVE", "policy state", says: "save all state that propose and judge read"),
        Rule("POLICY_LOAD_CUT", "policy state", says: "accepts state cut to 0 of 32 bytes"),
        Rule("POLICY_DESTROY_NULL", "policy destroy", says: "destroying NULL"),
        Rule("POLICY_PRINTS", "policy manners", says: "standard error (\"proposing\")"),
        Rule("POLICY_HISTORY", "policy tables", says: "history requests 101 pairs; request at most 100"),
        Rule("POLICY_FACTORS", "policy steps", says: "direct gives the factor nan at iterate 5"),
        Rule("POLICY_FACTORS_PAST", "policy memory", says: "past the end of the factors"),
        Rule("POLICY_DIRECTION", "policy directions", says: "a new one gives another direction"),
        Rule("POLICY_LEAK", "policy leaks", says: "bytes more with every policy"),
    ]

    @Test(arguments: plugin + tables + memory + values + structure + hostile + manners + policies)
    func aBrokenRuleIsFoundByItsCheckOnly(_ rule: Rule) throws {
        let report = try Nonconforming.check(rule.name)
        #expect(report.checks(.fail) == rule.failing)
        #expect(report.checks(.warning) == [])
        let check = rule.failing[0].split(separator: " ")[1]
        let messages = report.messages(String(check))
        #expect(messages.contains(rule.words), "\(messages)")
    }

    #if arch(x86_64)
        @Test func aFloatingPointModeThatStaysIsFound() throws {
            let report = try Nonconforming.check("FLUSH_TO_ZERO")
            #expect(report.checks(.fail) == ["objective manners"])
            #expect(report.messages("manners").contains("its evaluate changed the floating-point mode"))
        }
    #endif

    @Test func whatKeepsEveryRulePasses() throws {
        let report = try Nonconforming.check(nil)
        #expect(report.checks(.fail) + report.checks(.warning) + report.checks(.skipped) == [])
        #expect(report.entries.count == Suite.list.count)
    }

    /// What a host guards against by its checksum is worth a warning.
    @Test(arguments: [("LOAD_ANY", "objective state"), ("POLICY_TINY", "policy training")])
    func aDoubtfulHabitIsWarnedOf(_ rule: String, _ check: String) throws {
        let report = try Nonconforming.check(rule)
        #expect(report.checks(.fail) == [])
        #expect(report.checks(.warning) == [check])
    }
}
