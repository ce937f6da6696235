import CEos
import EosCore
import Testing

/// Directions that a policy makes of the gradient and of past steps.
@Suite struct DirectionTests {
    /// Products, scalars and points are those of the function itself, computed here.
    @Test(arguments: [ElementType.f64, .f32], [false, true])
    func scalarsAreThoseOfTheDirection(_ type: ElementType, _ ray: Bool) throws {
        for (name, problem) in Problem.all(type) where ray == false || type == .f64 {
            let accuracy = type == .f64 ? 1e-12 : 1e-5
            let pairs = 3
            var points: [[Double]] = []
            var direction: [Double] = []
            weak var trainer: Trainer?
            let policy = DirectingPolicy(pairs: pairs) { iterate, history in
                let x = problem.read(trainer!.current.x)
                points.append(x)
                #expect(iterate.slope.isNaN && iterate.direction_norm2.isNaN && iterate.curvature.isNaN)
                #expect(history.pairs == min(points.count - 1, pairs))
                var vectors = [problem.gradient(x)]
                for age in 0..<history.pairs {
                    let (now, before) = (points[points.count - 1 - age], points[points.count - 2 - age])
                    vectors.append(zip(now, before).map { $0 - $1 })
                    vectors.append(zip(problem.gradient(now), problem.gradient(before)).map { $0 - $1 })
                }
                for (i, v) in vectors.enumerated() {
                    for (j, w) in vectors.enumerated() {
                        // Differences are as accurate as what they are of.
                        let size = problem.size(of: v, i, at: x) * problem.size(of: w, j, at: x)
                        #expect(abs(history[i, j] - dot(v, w)) <= accuracy * size, "\(name): \(i), \(j)")
                    }
                }
                if history.pairs > 0 {
                    #expect(iterate.dx_dg == history[1, 2])
                    #expect(iterate.dx_norm2 == history[1, 1] && iterate.dg_norm2 == history[2, 2])
                }
                // All of them have a part, on no ground but that.
                let factors = vectors.indices.map { $0 == 0 ? -1 : 0.1 / Double($0) }
                direction = x.indices.map { k in zip(factors, vectors).reduce(0) { $0 + $1.0 * $1.1[k] } }
                return factors
            }
            policy.needs = [.curvature]
            policy.look = { iterate, trial in
                let x = points.last!
                let g = problem.gradient(x)
                let size = direction.reduce(0) { $0 + abs($1) }
                let bound = accuracy * 100 * max(size * g.reduce(0) { $0 + abs($1) }, size * size)
                #expect(abs(iterate.slope - dot(g, direction)) <= bound, "\(name)")
                #expect(abs(iterate.direction_norm2 - dot(direction, direction)) <= bound, "\(name)")
                let curved = problem.product!(x, direction)
                let rough = accuracy * 100 * size * (1 + curved.reduce(0) { $0 + abs($1) })
                #expect(abs(iterate.curvature - dot(direction, curved)) <= rough, "\(name)")
                let point = zip(x, direction).map { $0 + trial.step * $1 }
                let value = problem.value(point)
                #expect(abs(trial.value - value) <= accuracy * 100 * max(abs(value), 1), "\(name)")
            }
            let training = try Trained(problem, policy, "stop.iterations=8", ray: ray)
            trainer = training.trainer
            try training.run()
            #expect(points.count == 8, "\(name)")
            for (now, next) in zip(points, points.dropFirst()) { #expect(now != next) }
        }
    }

    /// -g as a direction is steepest descent, to the bit.
    @Test(arguments: [ElementType.f64, .f32], [false, true])
    func theGradientAsADirectionIsSteepestDescent(_ type: ElementType, _ ray: Bool) throws {
        for (name, problem) in Problem.all(type) {
            let plain = try Trained(problem.copy(), try policy("constant", "step=1e-3"), "stop.iterations=20", ray: ray)
            let directed = try Trained(
                problem.copy(), DirectingPolicy(pairs: 2) { $1.steepestDescent() }, "stop.iterations=20", ray: false)
            try plain.run()
            try directed.run()
            #expect(directed.current == plain.current, "\(name)")
            #expect(directed.best == plain.best, "\(name)")
        }
    }

    /// Against the recursion x+ = x - t g + momentum (x - x_before) in doubles.
    @Test func momentumIsAStepOfThePast() throws {
        let problem = Problem.quadratic()
        let training = try Trained(
            problem, DirectingPolicy(pairs: 1) { $1.pairs == 0 ? [-1] : [-1, 0.9 / $0.last_step, 0] },
            "stop.iterations=200")
        try training.run()
        var (x, before) = (problem.start, problem.start)
        for _ in 0..<200 {
            let g = problem.gradient(x)
            let next = x.indices.map { x[$0] - 1e-3 * g[$0] + 0.9 * (x[$0] - before[$0]) }
            (x, before) = (next, x)
        }
        for (mine, theirs) in zip(training.current, x) { #expect(abs(mine - theirs) < 1e-12) }
    }

    @Test func directionsThatAreNoneEndTheTraining() throws {
        func message(_ factors: @escaping (HistoryProducts) -> [Double]) throws -> Failure {
            let training = try Trained(
                .rosenbrock(), DirectingPolicy(pairs: 2) { factors($1) }, "stop.iterations=5")
            let failure = failure { try training.run() }
            #expect(training.stop == .failed)
            return failure
        }
        #expect(
            try message { [Double](repeating: .nan, count: $0.count) }
                == Failure(
                    status: EOS_E_PLUGIN,
                    message: "iteration 0: the policy's direct returned the factors [nan]; 1 finite factors are needed")
        )
        #expect(try message { _ in [] }.message.contains("1 finite factors are needed"))
        #expect(try message { $0.pairs == 0 ? [-1] : [-1, 0] }.message.contains("iteration 1"))
        #expect(try message { $0.steepestDescent(scale: 0) }.message.contains("a direction of length 0.0"))
        #expect(try message { $0.steepestDescent(scale: 1e308) }.message.contains("neither zero nor infinite"))
    }

    @Test func aHistoryOfAnotherLengthIsRefused() throws {
        let long = try Trained(.rosenbrock(), try policy("lbfgs"), "stop.iterations=9")
        try long.run()
        let state = try reread(try long.trainer.save())
        let short = try Trained(.rosenbrock(), try policy("lbfgs", "memory=3"), "stop.iterations=9")
        let failure = failure { try short.trainer.load(state) }
        #expect(failure.status == EOS_E_FORMAT)
        #expect(failure.message.hasPrefix("policy.memory is 20 in the saved state and 3 here"))
        let unchecked = EosCoreTests.failure { try short.trainer.load(state, check: LoadCheck.none) }
        #expect(unchecked.message.contains("keeps at most 6 vectors"))
        // Nothing has changed: it begins anew.
        try short.run()
        let fresh = try Trained(.rosenbrock(), try policy("lbfgs", "memory=3"), "stop.iterations=9")
        try fresh.run()
        #expect(short.current == fresh.current)
        // Nor can a policy take the place of one with another memory; one of the same, set differently, can.
        let error = EosCoreTests.failure { try long.trainer.replace(policy: try policy("lbfgs", "memory=3")) }
        #expect(error.status == EOS_E_STATE)
        try long.trainer.replace(policy: try policy("lbfgs", "c=0.1"))
        // The other way round there is room.
        try short.trainer.load(try reread(try fresh.trainer.save()))
    }
}

extension Problem {
    /// The size of what vector i of a history was computed of: g, s_0, y_0, ...
    fileprivate func size(of vector: [Double], _ i: Int, at x: [Double]) -> Double {
        let parts = i == 0 ? [vector] : i % 2 == 1 ? [x, start] : [gradient(x), gradient(start)]
        return 1e-12 + parts.reduce(0) { $0 + dot($1, $1).squareRoot() }
    }
}
