import CEos
import EosCore
import Testing

/// Bounds that an objective states, and those that it does not.
@Suite struct BoundTests {
    /// (x - 1)^2 + least.
    private func parabola(least: Double, lowerBound: Double, flags: Int) -> Problem {
        let problem = Problem(start: [3]) {
            ($0[0] - 1) * ($0[0] - 1) + least
        } gradient: {
            [2 * ($0[0] - 1)]
        }
        problem.lowerBound = lowerBound
        problem.flags = UInt32(flags)
        return problem
    }

    @Test func aZeroedDescriptionClaimsNothing() throws {
        var description = eos_objective_description()
        description.struct_size = UInt32(MemoryLayout<eos_objective_description>.size)
        description.dtype = UInt32(EOS_F64)
        description.dimension = 1
        var start = 3.0
        for id in ["polyak", "ponls", "ponos", "nls-ub"] {
            let trainer = try Trainer(
                description: description, start: &start, curvature: false, policy: try policy(id),
                settings: try settings(""))
            let error = failure {
                while case let request = try trainer.request(), request.kind != .nothing {
                    request.out?.storeBytes(of: 4, as: Double.self)
                    try trainer.answer(eos_status(EOS_OK), value: -1)
                }
            }
            #expect(error.status == EOS_E_CONFIG, "\(id)")
            #expect(error.message.contains("the objective states none; set policy."))
        }
    }

    @Test func whatIsStatedHolds() throws {
        func completed(_ flags: Int, _ bound: Double, _ sharpness: Double = .nan, _ type: ElementType = .f64) throws
            -> eos_objective_description
        {
            let problem = parabola(least: 0, lowerBound: bound, flags: flags)
            problem.sharpnessBound = sharpness
            return try problem.objective().description
        }
        let nonnegative = EOS_OBJECTIVE_NONNEGATIVE
        #expect(try completed(0, 0).value_lower_bound.isNaN)
        #expect(try completed(0, -.infinity).value_lower_bound.isNaN)
        #expect(try completed(0, -2).value_lower_bound == -2)
        #expect(try completed(nonnegative, 0).value_lower_bound == 0)
        #expect(try completed(nonnegative, .nan).value_lower_bound == 0)
        #expect(try completed(nonnegative, -3).value_lower_bound == 0)
        #expect(try completed(nonnegative, 0.5).value_lower_bound == 0.5)
        #expect(try completed(0, 0, 0).sharpness_lower_bound.isNaN)
        #expect(try completed(0, 0, -1).sharpness_lower_bound.isNaN)
        #expect(try completed(0, 0, 2).sharpness_lower_bound == 2)
        #expect(try completed(0, 0).value_accuracy == 0x1p-52)
        #expect(try Problem.quadratic(.f32).objective().description.value_accuracy == 0x1p-23)
        #expect(failure { _ = try completed(0, .infinity) }.message.contains("value_lower_bound is infinite"))
    }

    /// At its bound Polyak's step is 0: there is nothing left to gain.
    @Test func theBoundIsTheEnd() throws {
        let id = "polyak"
        for least in [-5.0, 0, 7] {
            let problem = parabola(least: least, lowerBound: .nan, flags: 0)
            let training = try Trained(
                problem, try policy(id, "lower_bound=\(least)"), "stop.iterations=500")
            try training.run()
            #expect(training.stop == .loss || training.stop == .gradient, "\(id)")
            #expect(abs(training.best[0] - 1) < 1e-6)
        }
    }

    @Test func aValueBelowTheBoundIsReportedOnce() throws {
        let problem = parabola(least: -5, lowerBound: 0, flags: EOS_OBJECTIVE_NONNEGATIVE)
        let training = try Trained(problem, try policy("constant", "step=0.25"), "stop.iterations=30")
        var warnings: [String] = []
        training.trainer.onWarning = { warnings.append($0) }
        try training.run()
        // (x - 1)^2 = 4, 1, 1/4, ...: the start is below the bound already.
        #expect(warnings.count == 1)
        #expect(
            warnings.first?.hasPrefix(
                "the value -1.0 at iteration 0 is below 0.0, the lower bound that the objective states") == true)
        for id in ["polyak", "ponls", "ponos"] {
            let misled = try Trained(problem.copy(), try policy(id), "stop.iterations=30")
            let error = failure { try misled.run() }
            #expect(error.status == EOS_E_CONFIG)
            #expect(error.message.contains("the value -1.0 is below the lower bound 0.0"))
        }
    }
}
