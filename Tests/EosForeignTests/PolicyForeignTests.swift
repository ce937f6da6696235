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
        if gradient != nil { #expect(Int(descent.trainer.stop) == EOS_STOP_GRADIENT) }
        return Array(descent.steps.prefix(iterations))
    }

    @Test(arguments: [ClosedForm.quadratic, .rosenbrock]) func goldenSection(_ function: ClosedForm) throws {
        let library = try library.get()
        let policy = try library.policy(
            "double golden(double a, double b, double (*phi)(double), double tolerance)",
            [.constant(0), .scalar(.maxStep), try callback("double phi(double t)"), .parameter("tolerance")],
            parameters: [Parameter("tolerance", .number, default: "1e-3", "relative width")], keys: "max_step=1.5")
        let golden = unsafeBitCast(
            try library.symbol("golden"),
            to: (@convention(c) (Double, Double, @convention(c) (Double) -> Double, Double) -> Double).self)
        let steps = try steps(function, policy)
        #expect(steps == DirectDescent.steps(function, steps.count) { _ in golden(0, 1.5, DirectDescent.phi, 1e-3) })
    }

    @Test func goldenSectionInSinglePrecision() throws {
        let library = try library.get()
        let prototype = "float golden_f(const float *a, const float *b, float (*phi)(const float *t), int steps)"
        let policy = try library.policy(
            prototype,
            [.constant(0), .constant(0.5), try callback("float phi(const float *t)"), .constant(12)])
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
            "int backtrack(double (*phi)(double), double *t)", [try callback("double phi(double t)"), .step],
            returns: .status)
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
        let policy = try library.policy(
            "double strong_wolfe(double (*phi)(double), double (*dphi)(double), double t, double c1, double c2)",
            [
                try callback("double phi(double t)"), try callback("double dphi(double t)", .slope),
                .scalar(.lastStep), .constant(1e-4), .constant(0.1),
            ])
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
        let shape = CallbackShape(arguments: [.userData, .step, .value, .slope], returns: .status)
        let prototype = "void strong_wolfe_both(int (*fg)(void *user, double t, double *f, double *g), void *user, "
        let both = try library.policy(
            prototype + "double *t, int *status)", [.callback(shape), .null, .step, .status], returns: .nothing,
            keys: "growth=1")
        #expect(both.needs == .trialSlope)
        #expect(try self.steps(function, both) == steps)
    }

    @Test func aFunctionInAStruct() throws {
        let library = try library.get()
        let problem = try SignatureParser.structure(
            "problem", fields: "int count; double (*function)(double x, void *params); void *params; float upper;")
        func policy(_ fields: [String: SearchRole]) throws -> any Policy {
            try library.policy(
                "double golden_struct(const struct problem *problem, double tolerance)",
                [.structure(fields), .constant(1e-3)], keys: "max_step=0.75", structs: [problem])
        }
        let phi = try callback("double function(double x, void *params)")
        let full = try policy(["count": .constant(100), "function": phi, "upper": .scalar(.maxStep)])
        let steps = try steps(.quadratic, full)
        #expect(steps.count == 30 && steps.allSatisfy { $0 < 0.75 })
        let error = errorOf { _ = try policy(["function": phi, "uper": .scalar(.maxStep)]) }
        #expect(
            error?.message
                == "golden_struct: struct problem has no field uper; it has count, function, params, upper")
    }

    @Test(
        .enabled(if: isInstalled("gfortran"), "gfortran is not installed"),
        arguments: [ClosedForm.quadratic, .rosenbrock])
    func brentInFortran(_ function: ClosedForm) throws {
        let library = try SearchLibrary.fortran.get()
        let policy = try library.policy(
            "double fmin_(double *a, double *b, double (*f)(double *t), double *tolerance)",
            [.constant(0), .scalar(.maxStep), try callback("double f(double *t)"), .constant(1e-6)],
            keys: "max_step=0.5")
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
        let policy = try library.get().policy(
            "double rule(double value, double gradient_norm, int iteration)",
            [.scalar(.value), .scalar(.gradientNorm), .scalar(.iteration)])
        #expect(policy.needs == .acceptsFirst)
        let descent = try Descent(.quadratic, policy, "stop.iterations=20")
        try descent.run()
        #expect(descent.steps.count == 20 && descent.trainer.progress.value_evaluations == 21)
        #expect(descent.steps[0] == 7.0 / 110.0)
    }

    @Test func itsOwnThreads() throws {
        let policy = try library.get().policy(
            "double threaded(double (*phi)(double), double t)",
            [try callback("double phi(double t)"), .scalar(.nextStep)])
        let steps = try steps(.quadratic, policy)
        #expect(steps.count == 30)
    }

    @Test func everyRequestMayBeTheLast() throws {
        let library = try library.get()
        func policy() throws -> any Policy {
            try library.policy(
                "double strong_wolfe(double (*phi)(double), double (*dphi)(double), double t, double c1, double c2)",
                [
                    try callback("double phi(double t)"), try callback("double dphi(double t)", .slope),
                    .scalar(.lastStep), .constant(1e-4), .constant(0.1),
                ])
        }
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
        func error(_ name: String, timeLimit: Double = 60) throws -> EosError? {
            let policy = try library.policy(
                "double \(name)(double (*phi)(double))", [try callback("double phi(double t)")], timeLimit: timeLimit)
            return errorOf { try Descent(.rosenbrock, policy).run() }
        }
        #expect(try error("never_returns", timeLimit: 0.05)?.message.contains("raise time_limit") == true)
        #expect(try error("asks_for_ever")?.message.contains("more than 10000 trials") == true)
        #expect(try error("garbage")?.message.contains("the search garbage returned the step -") == true)
        #expect(
            try error("ends_its_thread")?.message
                == "the search ends_its_thread ended the thread that it was called on")

        let policy = try library.policy(
            "double remembers(double (*phi)(double))", [try callback("double phi(double t)")])
        let descent = try Descent(.rosenbrock, policy)
        try descent.run(4)
        _ = try descent.trainer.request()
        let state = try descent.save()
        let refused = errorOf { try descent.trainer.load(state) }
        #expect(refused?.message.contains("its library keeps something from call to call") == true)
    }

    @Test func rolesAreChecked() throws {
        let library = try library.get()
        let phi = try callback("double phi(double t)")
        func message(_ prototype: String, _ roles: [SearchRole], _ returns: SearchDeclaration.Result = .step) -> String
        {
            errorOf { _ = try library.policy(prototype, roles, returns: returns) }?.message ?? "none"
        }
        let backtrack = "int backtrack(double (*phi)(double), double *t)"
        #expect(message(backtrack, [phi]) == "backtrack: 1 roles for 2 arguments; give one each")
        #expect(message(backtrack, [phi, .scalar(.maxStep)], .status).contains("no step comes back"))
        #expect(message(backtrack, [phi, .step], .step).contains("the step comes back twice"))
        #expect(
            message(backtrack, [.scalar(.slope), .step], .status)
                == "backtrack: the argument phi, a double (*)(double), can't be \"slope\"")
        #expect(message("double f(int k)", [phi]).contains("can't be a callback"))
        #expect(message("void f(double t)", [.scalar(.value)]).contains("a void can't be the step"))
        let unclear = errorOf { _ = try callback("int phi(double t)") }?.message
        #expect(unclear?.contains("it neither returns nor stores a number; say what its arguments are") == true)
        let high = errorOf {
            _ = try library.policy(backtrack, [phi, .step], returns: .status, keys: "min_step=1 max_step=0.5")
        }
        #expect(high?.message == "min_step = 1.0 is above max_step = 0.5; swap them")
    }
}
