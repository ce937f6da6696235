import CEos
import EosCore
import EosFFI
import EosForeign
import EosPluginHost
import Glibc
import TestSupport
import Testing

/// Searches of libraries as policies: they take the steps that they take where they are called directly.
@Suite(.serialized) struct PolicyForeignTests {
    private let library = SearchLibrary.c

    /// Steps of a policy, and that it trains to a small gradient.
    private func steps(
        _ function: ClosedForm, _ policy: any Policy, iterations: Int = 30, gradient: Double? = 1e-4
    ) throws -> [Double] {
        let stop = gradient.map { "stop.gradient_norm=\($0) stop.iterations=50000" } ?? "stop.iterations=\(iterations)"
        let descent = try Descent(function, policy, stop)
        try descent.run()
        if gradient != nil { #expect(descent.trainer.stop == .gradient) }
        return Array(descent.steps.prefix(iterations))
    }

    @Test(arguments: [ClosedForm.quadratic, .rosenbrock]) func goldenSection(_ function: ClosedForm) throws {
        let library = try library.get()
        let policy = try library.policy(
            library.manifest(
                "double golden(double a, double b, double (*phi)(double), double tolerance)",
                #"a = 0, b = "max_step", phi = "phi", tolerance = { parameter = "tolerance" }"#,
                after: """
                    [policy.parameters.tolerance]
                    type = "number"
                    default = 1e-3
                    """), keys: "max_step=1.5")
        let golden = unsafeBitCast(
            try library.symbol("golden"),
            to: (@convention(c) (Double, Double, @convention(c) (Double) -> Double, Double) -> Double).self)
        let steps = try steps(function, policy)
        #expect(steps == DirectDescent.steps(function, steps.count) { _ in golden(0, 1.5, DirectDescent.phi, 1e-3) })
    }

    @Test func goldenSectionInSinglePrecision() throws {
        let library = try library.get()
        let policy = try library.policy(
            library.manifest(
                "float golden_f(const float *a, const float *b, float (*phi)(const float *t), int steps)",
                #"a = 0, b = 0.5, phi = "phi", steps = 12"#))
        let golden = unsafeBitCast(
            try library.symbol("golden_f"),
            to: (@convention(c) (
                UnsafePointer<Float>, UnsafePointer<Float>, @convention(c) (UnsafePointer<Float>) -> Float, Int32
            ) -> Float).self)
        let steps = try steps(.quadratic, policy)
        let direct = DirectDescent.steps(.quadratic, steps.count) { _ in
            Double(golden([0], [0.5], DirectDescent.phiInSingle, 12))
        }
        #expect(steps == direct)
    }

    @Test(arguments: [ClosedForm.quadratic, .rosenbrock]) func backtracking(_ function: ClosedForm) throws {
        let library = try library.get()
        let policy = try library.policy(
            library.manifest(
                "int backtrack(double (*phi)(double), double *t)", #"phi = "phi", t = "step""#, returns: "status"))
        let backtrack = unsafeBitCast(
            try library.symbol("backtrack"),
            to: (@convention(c) (@convention(c) (Double) -> Double, UnsafeMutablePointer<Double>) -> Int32).self)
        let steps = try steps(function, policy)
        let direct = DirectDescent.steps(function, steps.count) { last in
            var t = last.isNaN ? 1 : 2 * last
            #expect(backtrack(DirectDescent.phi, &t) == 0)
            return t
        }
        #expect(steps == direct)
    }

    @Test(arguments: [ClosedForm.quadratic, .rosenbrock]) func strongWolfe(_ function: ClosedForm) throws {
        let library = try library.get()
        let policy = try library.policy(Self.strongWolfe(library))
        #expect(policy.needs == .trialSlope)
        typealias Function = @convention(c) (Double) -> Double
        let search = unsafeBitCast(
            try library.symbol("strong_wolfe"),
            to: (@convention(c) (Function, Function, Double, Double, Double) -> Double).self)
        let steps = try steps(function, policy)
        let direct = DirectDescent.steps(function, steps.count) { last in
            search(DirectDescent.phi, DirectDescent.dphi, last.isNaN ? 1 : last, 1e-4, 0.1)
        }
        #expect(steps == direct)

        // Value and slope from one function: the same conditions, the same steps.
        let both = try library.policy(
            library.manifest(
                "void strong_wolfe_both(int (*fg)(void *user, double t, double *f, double *g), void *user, double *t, "
                    + "int *status)",
                #"""
                fg = { callback = { arguments = { user = "user_data", t = "step", f = "value", g = "slope" }, \#
                returns = "status" } }, user = "null", t = "step", status = "status"
                """#, returns: nil), keys: "growth=1")
        #expect(both.needs == .trialSlope)
        #expect(try self.steps(function, both) == steps)
    }

    private static func strongWolfe(_ library: SearchLibrary) -> String {
        library.manifest(
            "double strong_wolfe(double (*phi)(double), double (*dphi)(double), double t, double c1, double c2)",
            #"phi = "phi", dphi = "dphi", t = "last_step", c1 = 1e-4, c2 = 0.1"#)
    }

    @Test func aFunctionInAStruct() throws {
        let library = try library.get()
        let policy = try library.policy(
            library.manifest(
                "double golden_struct(const struct problem *problem, double tolerance)",
                #"""
                problem = { struct = { count = 100, function = "phi", params = "null", upper = "max_step" } }, \#
                tolerance = 1e-3
                """#,
                before: """
                    [struct.problem]
                    fields = "int count; double (*function)(double x, void *params); void *params; float upper;"
                    """), keys: "max_step=0.75")
        let steps = try steps(.quadratic, policy)
        #expect(steps.count == 30 && steps.allSatisfy { $0 < 0.75 })
    }

    @Test(
        .enabled(if: isInstalled("gfortran"), "gfortran is not installed"),
        arguments: [ClosedForm.quadratic, .rosenbrock])
    func brentInFortran(_ function: ClosedForm) throws {
        let library = try SearchLibrary.fortran.get()
        let policy = try library.policy(
            library.manifest(
                "double fmin_(double *a, double *b, double (*f)(double *t), double *tolerance)",
                #"a = 0, b = "max_step", f = "phi", tolerance = 1e-6"#), keys: "max_step=0.5")
        let fmin = unsafeBitCast(
            try library.symbol("fmin_"),
            to: (@convention(c) (
                UnsafePointer<Double>, UnsafePointer<Double>, @convention(c) (UnsafePointer<Double>) -> Double,
                UnsafePointer<Double>
            ) -> Double).self)
        let steps = try steps(function, policy)
        let direct = DirectDescent.steps(function, steps.count) { _ in
            fmin([0], [0.5], DirectDescent.phiByReference, [1e-6])
        }
        #expect(steps == direct)
    }

    @Test func aRuleAsksForNothing() throws {
        let library = try library.get()
        let policy = try library.policy(
            library.manifest(
                "double rule(double value, double gradient_norm, int iteration)",
                #"value = "value", gradient_norm = "gradient_norm", iteration = "iteration""#))
        #expect(policy.needs == .acceptsFirst)
        let descent = try Descent(.quadratic, policy, "stop.iterations=20")
        try descent.run()
        #expect(descent.steps.count == 20 && descent.trainer.progress.value_evaluations == 21)
        #expect(descent.steps[0] == 7.0 / 110.0)
    }

    @Test func itsOwnThreads() throws {
        let library = try library.get()
        let policy = try library.policy(
            library.manifest(
                "double threaded(double (*phi)(double), double t)", #"phi = "phi", t = "next_step""#))
        let steps = try steps(.quadratic, policy)
        #expect(steps.count == 30)
    }

    @Test func everyRequestMayBeTheLast() throws {
        let library = try library.get()
        func policy() throws -> any Policy { try library.policy(Self.strongWolfe(library)) }
        let whole = try Descent(.rosenbrock, try policy(), "stop.iterations=10")
        try whole.run()
        var steps: [Double] = []
        var state: SavedState?
        while true {
            let descent = try Descent(.rosenbrock, try policy(), "stop.iterations=10")
            if let state { try descent.trainer.load(state) }
            let more = try descent.run(1)
            if more { _ = try descent.trainer.request() }
            steps += descent.steps
            state = try descent.save()
            guard more else { break }
        }
        #expect(steps == whole.steps && steps.count == 10)
    }

    @Test func thoseThatMisbehave() throws {
        let library = try library.get()
        func misbehaving(_ name: String, _ search: String = "") throws -> any Policy {
            try library.policy(
                library.manifest("double \(name)(double (*phi)(double))", #"phi = "phi""#, search: search))
        }
        func error(_ name: String, _ search: String = "") throws -> EosError? {
            let policy = try misbehaving(name, search)
            return errorOf { try Descent(.rosenbrock, policy).run() }
        }
        #expect(try error("never_returns", "time_limit = 0.05")?.message.contains("raise time_limit") == true)
        #expect(try error("asks_for_ever")?.message.contains("more than 10000 trials") == true)
        #expect(try error("garbage")?.message.contains("the search garbage returned the step -") == true)
        #expect(
            try error("ends_its_thread")?.message
                == "the search ends_its_thread ended its own thread")

        let descent = try Descent(.rosenbrock, try misbehaving("remembers"))
        try descent.run(4)
        _ = try descent.trainer.request()
        let state = try descent.save()
        let refused = errorOf { try descent.trainer.load(state) }
        #expect(refused?.message.contains("its library has state between calls") == true)
    }

    @Test func rolesAreChecked() throws {
        let library = try library.get()
        func message(
            _ prototype: String, _ arguments: String, _ returns: String? = "step", search: String = "",
            after: String = "", keys: String = ""
        ) -> String {
            let text = library.manifest(prototype, arguments, returns: returns, search: search, after: after)
            return errorOf { _ = try library.policy(text, keys: keys) }?.message ?? "none"
        }
        let backtrack = "int backtrack(double (*phi)(double), double *t)"
        let cases: [(String, String)] = [
            (message(backtrack, #"phi = "phi", t = "max_step""#, "status"), "backtrack"),
            (
                message("double f(double (*phi)(double), double *t)", #"phi = "phi", t = "step""#),
                "f returns 2 steps"
            ),
            (
                message(backtrack, #"phi = "slope", t = "step""#, "status"),
                "the slope at the iterate can't be passed as double (*)(double)"
            ),
            (
                message("double f(int k)", #"k = "phi""#),
                "int32_t is not a function; write the prototype of the callback"
            ),
            (message("double f(int k)", #"k = "max_step""#), "the largest step is not an integer"),
            (message("double f(int k)", #"k = "point""#), "point has no meaning in a function for the search"),
            (message("int f(double v)", #"v = "value""#), "can't be the step"),
            (
                message("double f(int (*phi)(double))", #"phi = "phi""#),
                "it neither returns nor stores a number; give roles to its arguments"
            ),
            (
                message(
                    "double f(int (*phi)(double t))", #"phi = { callback = { arguments = { t = "steep" } } }"#),
                "unknown role steep of a callback; did you mean step?"
            ),
            (
                message(
                    "double f(int (*phi)(double t))", #"phi = { callback = { arguments = { t = "step" } } }"#),
                "it gives neither the value nor the slope"
            ),
            (
                message(backtrack, #"phi = "phi", t = "step""#, "status", keys: "min_step=1 max_step=0.5"),
                "min_step = 1.0 is above max_step = 0.5; swap them"
            ),
            (
                message(backtrack, #"phi = "phi", t = "step""#, "status", search: "time_limit = 0"),
                "the time limit 0.0 is not allowed"
            ),
            (
                message(
                    backtrack, #"phi = "phi", t = "step""#, "status",
                    after: """
                        [policy.parameters.max_step]
                        type = "string"
                        default = "a"
                        """), "the parameter max_step is a step"
            ),
        ]
        for (given, wanted) in cases {
            #expect(given.contains(wanted))
            #expect(wanted.contains("swap") || given.hasPrefix("searches.toml:"), "\(given)")
        }
    }
}
