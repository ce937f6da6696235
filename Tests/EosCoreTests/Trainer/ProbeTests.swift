import CEos
import EosCore
import Testing

@Suite struct ProbeTests {
    @Test func theSharpnessIsRightAndTimely() throws {
        for curvature in [true, false] {
            let training = try Trained(
                .quadratic(.f64, [1, 10, 0.1, -20, 7]), try policy("constant", "step=0.01"),
                "stop.iterations=10 sharpness.every=3 sharpness.count=2", curvature: curvature)
            var places: [Int64] = []
            training.trainer.observer = { progress in
                places.append(progress.sharpness_iteration)
                #expect(abs(progress.sharpness - 10) <= progress.sharpness_residual)
                #expect(progress.sharpness_converged == 1)
                #expect(progress.sharpness_residual <= 1e-2)
                return false
            }
            try training.run()
            #expect(places == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9])
            #expect(training.trainer.sharpnessPairs.count == 2)
            #expect(abs(training.trainer.sharpnessPairs[1].value - 7) < 1e-2)
        }
    }

    /// Scalars that a policy did not ask for are not known to it, even where a probe measures them.
    @Test func policiesSeeWhatTheyAskedFor() throws {
        for curvature in [true, false] {
            let blind = ClosurePolicy { iterate in
                #expect(iterate.sharpness.isNaN && iterate.curvature.isNaN)
                #expect(iterate.dx_dg.isNaN && iterate.dg_norm2.isNaN && iterate.dx_norm2.isNaN)
                #expect(iterate.slope == -iterate.gradient_norm2)
                #expect(iterate.direction_norm2 == iterate.gradient_norm2)
                return 1e-3
            }
            try Trained(.rosenbrock(), blind, "stop.iterations=4 sharpness.every=1", curvature: curvature).run()

            let problem = Problem.rosenbrock()
            var last: (x: [Double], g: [Double])?
            weak var trainer: Trainer?
            let seeing = ClosurePolicy(needs: [.secant, .curvature, .sharpness, .acceptsFirst]) { iterate in
                let x = problem.read(trainer!.current.x)
                let g = problem.gradient(x)
                let a = 1200 * x[0] * x[0] - 400 * x[1] + 2
                let b = -400 * x[0]
                let sharpness = (a + 200) / 2 + ((a - 200) * (a - 200) / 4 + b * b).squareRoot()
                #expect(abs(iterate.sharpness - sharpness) < 1e-6 * sharpness)
                let product = problem.product!(x, g)
                let curvature = ReferenceDescent.dot(g, product)
                #expect(abs(iterate.curvature - curvature) < 1e-6 * abs(curvature))
                #expect(iterate.last_step.isNaN == (iterate.iteration == 0))
                if let last {
                    let dx = zip(x, last.x).map { $0 - $1 }
                    let dg = zip(g, last.g).map { $0 - $1 }
                    #expect(abs(iterate.dx_dg / ReferenceDescent.dot(dx, dg) - 1) < 1e-9)
                    #expect(abs(iterate.dg_norm2 / ReferenceDescent.dot(dg, dg) - 1) < 1e-9)
                    #expect(abs(iterate.dx_norm2 / ReferenceDescent.dot(dx, dx) - 1) < 1e-9)
                }
                last = (x, g)
                return 1e-3
            }
            let training = try Trained(problem, seeing, "stop.iterations=4", curvature: curvature)
            trainer = training.trainer
            try training.run()
            #expect(training.trainer.progress.iteration == 4)
        }
    }

    /// A probe is a measurement: where it fails it says so and the training goes on.
    @Test func aProbeNeverEndsATraining() throws {
        func blind() -> Problem {
            let plain = Problem.rosenbrock()
            return Problem(start: plain.start, value: plain.value, gradient: plain.gradient) { _, v in
                v.map { _ in .nan }
            }
        }
        let plain = try Trained(blind(), try policy("nls"), "stop.iterations=6")
        try plain.run()
        let probed = try Trained(blind(), try policy("nls"), "stop.iterations=6 sharpness.every=1")
        try probed.run()
        #expect(probed.current == plain.current)
        let progress = probed.trainer.progress
        #expect(progress.sharpness.isNaN && progress.sharpness_converged == 0 && progress.sharpness_iteration == 6)
        #expect(progress.sharpness_residual == .infinity)

        // Differences that cross a wall, however short they are.
        let steep = Problem(start: [0]) {
            1 - $0[0]
        } gradient: {
            [$0[0] < 0 ? .nan : -1]
        }
        let walled = try Trained(
            steep, try policy("constant", "step=1"), "stop.iterations=1 sharpness.every=2", curvature: false)
        try walled.run()
        #expect(walled.trainer.progress.iteration == 1)
        #expect(walled.trainer.progress.sharpness.isNaN)

        // A policy that needs the curvature can't do without.
        let needy = try Trained(blind(), try policy("cdat"), "stop.iterations=6")
        let error = failure { try needy.run() }
        #expect(error.status == EOS_E_NONFINITE)
        #expect(error.message.hasPrefix("the curvature is not finite at iteration 0, where the value is 24.1"))
    }

    /// Errors of any kind while the sharpness is measured end the measurement alone: the trajectory is that without probes,
    /// and one sentence says why.
    @Test(
        arguments: [EOS_E_FAILED, EOS_E_MEMORY, EOS_E_UNSUPPORTED, EOS_E_CANCELLED, EOS_E_NONFINITE], [true, false])
    func anErrorWhileProbingEndsTheMeasurement(_ status: Int, _ curvature: Bool) throws {
        let plain = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=6", curvature: curvature)
        try plain.run()
        let probed = try Trained(
            .rosenbrock(), try policy("nls"), "stop.iterations=6 sharpness.every=2", curvature: curvature)
        // Each second call for a product, or for a gradient of a difference, fails.
        var calls = 0
        probed.problem.interruption = { [unowned trainer = probed.trainer] in
            guard !trainer.hasArrived, trainer.current.value.isFinite else { return eos_status(EOS_OK) }
            calls += 1
            return eos_status(calls % 2 == 0 ? status : EOS_OK)
        }
        var warnings: [String] = []
        var sharpnesses: [Double] = []
        probed.trainer.onWarning = { warnings.append($0) }
        probed.trainer.observer = { progress in
            if progress.sharpness_iteration == progress.iteration { sharpnesses.append(progress.sharpness) }
            return false
        }
        try probed.run()
        probed.trainer.observer = nil
        #expect(probed.current == plain.current && probed.best == plain.best)
        #expect(probed.trainer.progress.value == plain.trainer.progress.value)
        #expect(sharpnesses.count == 4 && sharpnesses.allSatisfy(\.isNaN))
        #expect(calls >= 8)
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("the sharpness can't be measured at iteration 0: the objective's ") == true)

        // A policy that needs the sharpness can't go on.
        let needy = ClosurePolicy(needs: .sharpness) { _ in 1e-3 }
        let failing = try Trained(.rosenbrock(), needy, "stop.iterations=6", curvature: curvature)
        failing.problem.interruption = { [unowned trainer = failing.trainer] in
            eos_status(trainer.current.value.isFinite ? status : EOS_OK)
        }
        #expect(failure { try failing.run() }.status == status)
    }

    /// A quadratic of 60 parameters whose parts have eigenvalues of their own, 1 to 10 % off, and another order.
    private static func parted() -> Problem {
        let values = (0..<60).map { 10.0 / Double(1 + $0) }
        let problem = Problem.quadratic(.f64, values)
        problem.sampledProduct = { part, _, v in
            zip(values, v).enumerated().map { i, pair in
                pair.0 * (1 + 0.1 * Double((i * 7 + part * 3) % 10) / 10) * pair.1
            }
        }
        return problem
    }

    /// Each measurement searches another part first, and then says what the whole is, with the same trajectory.
    @Test func partsOfTheSamplesAreSearchedFirst() throws {
        let keys = "stop.iterations=12 sharpness.every=3"
        let training = try Trained(Self.parted(), try policy("constant", "step=0.01"), keys)
        var products: [Int64] = []
        training.trainer.observer = { progress in
            if progress.sharpness_iteration == progress.iteration { products.append(progress.curvature_products) }
            #expect(abs(progress.sharpness - 10) <= progress.sharpness_residual)
            #expect(progress.sharpness_converged == 1)
            return false
        }
        try training.run()
        #expect(Set(training.problem.parts) == [0, 1, 2, 3, 4])
        #expect(training.problem.parts == training.problem.parts.sorted())
        // Products with the whole alone are counted; a warm measurement of the same operator takes two or three.
        #expect(products.count == 5)
        #expect(zip(products.dropFirst(), products).allSatisfy { $0 - $1 <= 4 }, "\(products)")

        let plain = try Trained(
            Problem.quadratic(.f64, (0..<60).map { 10.0 / Double(1 + $0) }),
            try policy("constant", "step=0.01"), keys)
        try plain.run()
        #expect(plain.current == training.current)
    }

    /// Saved and resumed between any two requests, those for parts included.
    @Test func searchesOfPartsResume() throws {
        let training = Training(
            id: "constant", keys: "step=0.01", settings: "stop.iterations=7 sharpness.every=2 sharpness.tolerance=1e-6")
        let whole = try training.run(Self.parted())
        #expect(try training.interrupted(Self.parted()) == whole)
    }

    /// Too few samples for parts: as if the objective had none.
    @Test func whereThereAreTooFewSamplesForPartsAllIsAsWithout() throws {
        let (few, without) = (Self.parted(), Self.parted())
        few.sampledProduct = { _, _, _ in nil }
        without.sampledProduct = nil
        let training = Training(id: "nls", keys: "", settings: "stop.iterations=9 sharpness.every=2")
        #expect(try training.run(few) == training.run(without))
        #expect(few.parts == [0, 1, 2, 3, 4])
    }
}
