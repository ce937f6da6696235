import EosCore
import EosPluginHost
import Glibc
import TestSupport
import Testing

/// Problems that a library makes in setup calls and knows by a pointer.
@Suite struct HandleTests {
    static let text = """
        [[setup]]
        function = "void *problem_new(int64_t size, const char *kind, const double *weights)"
        arguments = { size = 3, kind = { constant = "weighted" }, weights = { array = [1, 2, 3] } }
        returns = { handle = "weighted" }
        [[setup]]
        function = "bool problem_open(struct problem **out)"
        arguments = { out = { handle = "open" } }
        returns = "success"
        [[cleanup]]
        function = "void problem_free(void **p)"
        arguments = { p = { handle = "open" } }
        [[cleanup]]
        function = "void problem_free(void **p)"
        arguments = { p = { handle = "weighted" } }
        [[objective]]
        id = "org.example.weighted"
        dimension = { function = "size_t problem_size(const void *p)", arguments = { p = { handle = "weighted" } }, returns = "dimension" }
        [objective.start]
        function = "void problem_start(const void *p, uint32_t seed, double *x)"
        arguments = { p = { handle = "weighted" }, seed = "seed", x = "point" }
        [objective.value]
        function = "double problem_value(const void *p, const double *x, double *g)"
        arguments = { p = { handle = "weighted" }, x = "point", g = "gradient" }
        returns = "value"
        """

    @Test func setupRunsOnceAndItsHandlesArePassed() throws {
        let library = try BuiltFixture.build("Tests/Fixtures/foreign.c", ["-lm"], key: "handles")
        for dtype in ["f64", "f32"] {
            let lab = try ObjectiveLab(library, Self.text, "dtype=\(dtype)")
            #expect(lab.count == 3)
            #expect(try lab.start(seed: 10) == [11, 12, 13])
            let there = try lab.evaluate([1, 1, 2])
            #expect(there.value == 7.5 && there.gradient == [1, 2, 6])
            #expect(try lab.evaluate([1, 1, 2], gradient: false).value == 7.5)
        }
        let handle = try #require(dlopen(library, RTLD_NOW))
        let made = unsafeBitCast(try #require(dlsym(handle, "problems_made")), to: (@convention(c) () -> Int32).self)
        #expect(made() == 2)
    }

    @Test func aSetupThatFailsIsSaidEachTime() throws {
        let library = try BuiltFixture.build("Tests/Fixtures/foreign.c", ["-lm"], key: "broken")
        let text = "[[setup]]\nfunction = \"int broken_setup(void)\"\nreturns = \"status\"\n" + ObjectiveTests.rosen
        for _ in 0..<2 {
            let error = #expect(throws: EosError.self) { _ = try ObjectiveLab(library, text) }
            #expect(error?.message == "rosen: test.toml:6: broken_setup failed with the status 3")
        }
    }

    @Test func aHandleThatIsNullIsSaid() throws {
        let library = try BuiltFixture.build("Tests/Fixtures/foreign.c", ["-lm"], key: "null")
        let error = #expect(throws: EosError.self) {
            _ = try ObjectiveLab(library, Self.text.replacing("\"weighted\" }, weights", with: "\"other\" }, weights"))
        }
        #expect(error?.message.contains("test.toml:6: problem_new returned NULL for weighted") == true)
    }

    /// In a process of its own, whose exit is what is tested.
    @Test func cleanupRunsWhenTheProcessExits() async throws {
        let library = try BuiltFixture.build("Tests/Fixtures/foreign.c", ["-lm"], key: "cleanup")
        setenv("EOS_TEST_LIBRARY", library, 1)
        await #expect(processExitsWith: .exitCode(42)) {
            let library = String(cString: getenv("EOS_TEST_LIBRARY"))
            // Registered before the cleanup, and so called after it.
            ProcessEnd.register {
                let handle = dlopen(String(cString: getenv("EOS_TEST_LIBRARY")), RTLD_NOW)
                let live = unsafeBitCast(dlsym(handle, "problems_live"), to: (@convention(c) () -> Int32).self)
                _exit(live() == 0 ? 42 : 43)
            }
            _ = try ObjectiveLab(library, HandleTests.text)
            ProcessEnd.exit(0)
        }
    }
}
