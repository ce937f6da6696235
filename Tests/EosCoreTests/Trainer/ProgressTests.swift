import CEos
import EosCore
import Glibc
import Testing

/// Trainings that get nowhere end early, and say so.
@Suite struct ProgressTests {
    static let searches = [
        ("ls", ""), ("nls", ""), ("nls-ub", "cap=10"), ("ponls", ""), ("ponos", ""), ("armijo", ""), ("gll", ""),
        ("zhang-hager", ""), ("lbfgs", ""),
    ]

    /// `problem` with another value and gradient, about which nothing is stated.
    private func changed(
        _ problem: Problem, offset: Double = 0, factor: Double = 1
    ) -> Problem {
        let result = Problem(problem.type, start: problem.start) {
            problem.value($0) + offset
        } gradient: {
            problem.gradient($0).map { factor * $0 }
        }
        result.lowerBound = offset == 0 ? 0 : .nan
        return result
    }

    /// The commonest mistake: a gradient of the wrong sign.
    @Test(arguments: searches, [0.0, 5])
    func aWrongGradientIsSaid(_ search: (id: String, keys: String), _ offset: Double) throws {
        for (name, problem) in Problem.all() where name != "hole" {
            let wrong = changed(problem, offset: offset, factor: -1)
            wrong.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
            var keys = search.keys
            if search.id.hasPrefix("po") { keys += " lower_bound=\(offset)" }
            let training = try Trained(wrong, try policy(search.id, keys), "stop.iterations=100000")
            let error = failure { try training.run() }
            #expect(training.stop == .noStep, "\(search.id) on \(name) + \(offset)")
            #expect(error.status == EOS_E_FAILED)
            #expect(error.message.contains("found no acceptable step"))
            #expect(error.message.contains("check it with `eos plugin check`"))
            #expect(training.trainer.failure?.message == error.message)
            #expect(training.trainer.progress.value_evaluations < 700, "\(search.id) on \(name) + \(offset)")
            // Nothing is better than the start, and that is what there is.
            #expect(wrong.value(training.best) == training.trainer.best.value)
            #expect(failure { try training.trainer.resume() }.message.contains("found no acceptable step"))
        }
    }

    /// Near a minimum whose value is large, rounding hides what is left.
    @Test(arguments: [("ls", ""), ("armijo", ""), ("gll", "memory=1"), ("lbfgs", "")], [1e6, -1e6])
    func roundingEndsATraining(_ search: (id: String, keys: String), _ offset: Double) throws {
        for problem in [Problem.quadratic(), .quadratic(.f64, [3, 1, 2, 5])] {
            let problem = changed(problem, offset: offset)
            problem.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
            let training = try Trained(problem, try policy(search.id, search.keys), "stop.iterations=20000")
            #expect(failure { try training.run() } == Failure(), "\(search.id)")
            #expect(
                training.stop == .noProgress || training.stop == .gradient,
                "\(search.id): \(training.stop.text)")
            // As near as the value tells: within some roundings of the smallest.
            #expect(training.trainer.best.value - offset < 1e-8, "\(search.id)")
            #expect(training.trainer.progress.value_evaluations < 20_000, "\(search.id)")
            if training.stop == .noProgress {
                #expect(training.trainer.stopSentence.hasPrefix("rounding hides any further decrease of the loss"))
            }
        }
    }

    /// Searches that rounding ends soon follow the one that was promised a decrease, and do not hide it.
    @Test(arguments: ["nls", "armijo", "gll", "lbfgs"], [1e3, 1e6, 1e7, 1e8, 1e9])
    func aWrongGradientBesideALargeValueIsSaid(_ search: String, _ offset: Double) throws {
        let wrong = changed(.quadratic(.f64, [3, 1, 2, 5]), offset: offset, factor: -1)
        wrong.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
        let training = try Trained(wrong, try policy(search, ""), "stop.iterations=100000")
        #expect(failure { try training.run() }.message.contains("found no acceptable step"), "\(search), \(offset)")
        #expect(training.stop == .noStep)
        #expect(training.trainer.progress.value_evaluations < 700, "\(search), \(offset)")
    }

    /// The terms of log(cosh(x)) round at 1 and not at their sum, which is 0 up to x = 1e-8: the gradient is right.
    @Test(arguments: ["armijo", "lbfgs", "gll"], [1, 0.3, 0.01, 1e-4, 3e-8, 1e-8])
    func aValueWhoseTermsRoundIsNoWrongGradient(_ search: String, _ size: Double) throws {
        let problem = Problem(.f64, start: (0..<10).map { size * (1 + 0.1 * Double($0)) }) { x in
            x.reduce(0) { $0 + log(cosh($1)) }
        } gradient: {
            $0.map(tanh)
        }
        problem.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
        problem.lowerBound = .nan
        let settings = "stop.iterations=300 stop.gradient_norm=1e-14"
        let training = try Trained(problem, try policy(search, ""), settings)
        #expect(failure { try training.run() } == Failure(), "\(search), \(size)")
        #expect(training.trainer.progress.value_evaluations < 2000, "\(search), \(size)")
        if search != "gll" { #expect(training.trainer.best.value < 1e-15, "\(search), \(size)") }
    }

    /// A step too small to change the point changes nothing for ever.
    @Test func aStepWithoutEffectEndsATraining() throws {
        let training = try Trained(.rosenbrock(), try policy("constant", "step=1e-30"), "stop.iterations=1000000")
        try training.run()
        #expect(training.stop == .noProgress)
        #expect(training.trainer.progress.iteration == 20)
        // Small ones that have an effect go on.
        let slow = try Trained(.rosenbrock(), try policy("constant", "step=1e-17"), "stop.iterations=300")
        try slow.run()
        #expect(slow.current != slow.problem.start)
        #expect(slow.stop == .iterations)
    }

    /// A search that fails once takes the smallest step and goes on, as in the papers.
    @Test func oneFailureIsNoEnd() throws {
        // Too steep for 100 trials by .9 from 1: the first search fails, the second does not.
        let training = try Trained(
            .quadratic(.f64, [1e7, 2e7]), try policy("armijo"), "stop.iterations=1000 stop.gradient_norm=1e-3")
        try training.run()
        #expect(training.trainer.progress.failures == 1)
        #expect(training.stop == .gradient)
    }

    @Test func relativeLimitsStop() throws {
        func run(_ assignments: String) throws -> Trained {
            // Every coordinate falls by the factor .9 a step: |g|, |x| and f^(1/2) do.
            let problem = changed(.quadratic(.f64, [1, 1]))
            let training = try Trained(
                problem, try policy("constant", "step=0.1"), "stop.iterations=999 " + assignments)
            try training.run()
            return training
        }
        let gradient = try run("stop.relative_gradient=0.5")
        #expect(gradient.stop == .gradient)
        #expect(gradient.trainer.progress.iteration == 7)
        // |x - x_before|/|x| = .1/.9, (f_before - f)/f_before = .19: at once or never.
        for (assignment, iterations) in [
            ("stop.relative_step=0.112", 1), ("stop.relative_step=0.111", 999), ("stop.relative_loss=0.191", 1),
            ("stop.relative_loss=0.189", 999),
        ] {
            let training = try run(assignment)
            #expect(training.trainer.progress.iteration == iterations, "\(assignment)")
            #expect(training.stop == (iterations == 1 ? .noProgress : .iterations))
            if iterations == 1 {
                #expect(training.trainer.stopSentence.contains("by less than a relative limit"))
                #expect(failure { try training.trainer.resume() }.message.contains("a stricter stop rule"))
                try training.trainer.resume(try settings("stop.iterations=5"))
                try training.run()
                #expect(training.trainer.progress.iteration == 5)
            }
        }
    }

    /// What has been noticed of a stall is saved: cut at every request, the training ends at the same place.
    @Test(arguments: searches)
    func aStallIsSaved(_ search: (id: String, keys: String)) throws {
        let steep = changed(.quadratic(.f64, [1, 2]), offset: 1e6)
        let wrong = changed(.quadratic(.f64, [1, 2]), factor: -1)
        for problem in [steep, wrong] where search.id != "nls-ub" {
            problem.lowerBound = problem === steep ? 1e6 : 0
            let training = Training(
                id: search.id, keys: search.keys, settings: "stop.iterations=300 stop.gradient_norm=1e-9")
            var whole: Trajectory?
            var parts: Trajectory?
            let first = failure { whole = try training.run(problem.copy()) }
            let second = failure { parts = try training.interrupted(problem.copy()) }
            #expect(first == second)
            if let whole, let parts { #expect(parts.difference(from: whole) == nil) }
        }
    }

    /// Who wants all the iterations gets them.
    @Test(arguments: ["ls", "armijo", "lbfgs"]) func stallsCanBeAllowed(_ id: String) throws {
        for factor in [1.0, -1] {
            let problem = changed(.quadratic(), offset: 1e6, factor: factor)
            if factor < 0 {
                let usual = try Trained(problem, try policy(id), "stop.iterations=300")
                #expect(failure { try usual.run() }.status == EOS_E_FAILED)
            }
            let training = try Trained(problem, try policy(id), "stop.iterations=300 stop.stalled=false")
            try training.run()
            #expect([StopReason.iterations, .gradient].contains(training.stop), "\(id) \(factor)")
            if factor < 0 { #expect(training.trainer.progress.iteration == 300) }
        }
        // It can be allowed afterwards as well.
        let still = try Trained(.rosenbrock(), try policy("constant", "step=1e-30"), "stop.iterations=100")
        try still.run()
        #expect(still.stop == .noProgress)
        try still.trainer.resume(try settings("stop.iterations=100 stop.stalled=false"))
        try still.run()
        #expect(still.stop == .iterations)
    }
}
