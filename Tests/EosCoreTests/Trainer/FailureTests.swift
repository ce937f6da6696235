import CEos
import EosCore
import Testing

@Suite struct FailureTests {
    @Test func aStartThatIsNotFiniteIsSaid() throws {
        let value = try Trained(
            Problem(start: [1]) { _ in
                .nan
            } gradient: { _ in
                [1]
            }, try policy("nls"), "stop.iterations=9")
        let error = failure { try value.run() }
        #expect(error.status == EOS_E_NONFINITE)
        #expect(error.message.hasPrefix("the value is nan at the starting point; use"))
        #expect(value.stop == .nonfinite)
        #expect(value.trainer.failure?.message == error.message)

        let gradient = try Trained(
            Problem(start: [1]) { _ in
                1
            } gradient: { _ in
                [.infinity]
            }, try policy("nls"), "stop.iterations=9")
        #expect(failure { try gradient.run() }.message.hasPrefix("the gradient is not finite at the starting point"))
    }

    @Test func anIterateThatIsNotFiniteIsSaid() throws {
        let reference = try Trained(.hole(), try policy("constant", "step=0.01"), "stop.iterations=0")
        try reference.run()
        let training = try Trained(.hole(), try policy("constant", "step=0.05"), "stop.iterations=90")
        let error = failure { try training.run() }
        #expect(error.status == EOS_E_NONFINITE)
        #expect(error.message.hasPrefix("the value is nan at iteration 1, after a step of 0.05 from a value of 5.7"))
        #expect(training.stop == .nonfinite)
        #expect(training.current == [0.9, 2])
        #expect(training.best == [0.9, 2])
        #expect(training.trainer.current.value == reference.trainer.current.value)
        #expect(training.trainer.progress.iteration == 0)
        // It stays failed, however it is asked to go on.
        #expect(failure { try training.run() } == error)
        #expect(failure { _ = try training.trainer.step(training.objective) } == error)
        #expect(failure { _ = try training.trainer.advance(training.objective) } == error)
        #expect(failure { _ = try training.trainer.request() } == error)
        #expect(training.current == [0.9, 2])
        #expect(failure { try training.trainer.resume() }.message.contains("the value is nan at iteration 1"))
    }

    @Test func aGradientThatIsNotFiniteIsSaid() throws {
        for id in ["ls", "constant"] {
            let problem = Problem(start: [4]) {
                $0[0] * $0[0]
            } gradient: {
                [$0[0] < 1 ? .nan : 2 * $0[0]]
            }
            let training = try Trained(
                problem, try policy(id, id == "ls" ? "" : "step=0.25"), "stop.iterations=90")
            let error = failure { try training.run() }
            #expect(error.message.hasPrefix("the gradient is not finite at iteration "))
            #expect(training.current[0] >= 1)
            #expect(training.best == training.current)
            #expect(training.trainer.current.value == training.current[0] * training.current[0])
        }
    }

    /// Nothing is left to follow where the gradient is exactly zero: training has converged before its first step.
    @Test func aStartWithoutAGradientHasConverged() throws {
        for (id, keys) in policyCases {
            for value in [3, 0, -2.5] {
                let problem = Problem(start: [0, 1]) { _ in
                    value
                } gradient: { _ in
                    [0, 0]
                } product: { _, _ in
                    [0, 0]
                }
                problem.flags = 0
                problem.lowerBound = .nan
                for assignments in ["", "stop.gradient_norm=1e-8", "stop.iterations=0", "sharpness.every=1"] {
                    let training = try Trained(problem.copy(), try policy(id, keys), assignments)
                    #expect(try !training.trainer.step(training.objective), "\(id)")
                    let asked = try Training(id: id, keys: keys, settings: assignments).ask(problem.copy())
                    for trainer in [training.trainer] {
                        #expect(trainer.stop == .gradient, "\(id)")
                        #expect(trainer.progress.iteration == 0 && trainer.progress.value == value)
                        #expect(trainer.best.value == value && trainer.progress.gradient_norm == 0)
                    }
                    #expect(training.best == [0, 1] && training.current == [0, 1])
                    #expect(asked.iterates.count == 1 && asked.counts[4] == Int64(StopReason.gradient.rawValue))
                }
            }
        }
    }

    @Test(arguments: [0, -1, .nan, .infinity])
    func aBadStepIsSaid(_ step: Double) throws {
        let proposed = try Trained(.rosenbrock(), ClosurePolicy { _ in step }, "stop.iterations=9")
        let error = failure { try proposed.run() }
        #expect(error.status == EOS_E_PLUGIN)
        #expect(
            error.message
                == "iteration 0: the policy's propose returned the step \(step); steps must be positive and finite")
        #expect(proposed.stop == .failed)
        #expect(proposed.current == [-1.2, 1])

        for verdict in [Verdict.tryStep(step), .accept(step, .first)] {
            let policy = ClosurePolicy { _ in 1e-3 }
            policy.verdict = { _, _ in verdict }
            let judged = try Trained(.rosenbrock(), policy, "stop.iterations=9")
            #expect(failure { try judged.run() }.message.contains("the policy's judge returned the step \(step)"))
        }
    }

    @Test func aPolicyThatNeverAcceptsIsStopped() throws {
        let policy = ClosurePolicy { _ in 1e-3 }
        policy.verdict = { .tryStep($1.step * 0.999) }
        let training = try Trained(.rosenbrock(), policy, "stop.iterations=9")
        #expect(failure { try training.run() }.message.contains("more than 10000 trials in one search"))
    }

    @Test func anyStepOfASearchCanBeAccepted() throws {
        // The second of three trials, the first, and one that was never tried.
        let wanted = [5e-4, 1e-3, 3e-4]
        let policy = ClosurePolicy { _ in 1e-3 }
        policy.verdict = { iterate, trial in
            trial.index < 2
                ? .tryStep(trial.step / 2) : .accept(wanted[Int(iterate.iteration) % 3], .backtracked)
        }
        for ray in [false, true] {
            let training = try Trained(.rosenbrock(), policy, "stop.iterations=6", ray: ray)
            var values: [Double] = []
            training.trainer.observer = { progress in
                values.append(progress.value)
                #expect(abs(training.problem.value(training.current) - progress.value) <= 1e-12 * progress.value)
                return false
            }
            try training.run()
            var descent = ReferenceDescent(.rosenbrock())
            for k in 0..<6 { descent.move(descent.gradient, wanted[k % 3]) }
            #expect(zip(training.current, descent.point).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(training.trainer.progress.value_evaluations == 1 + 6 * 3 + 2)
            if !ray { #expect(training.problem.valueCounts.values.allSatisfy { $0 == 1 }) }
        }
    }

    @Test func memoryIsRefusedAndNotOverflown() throws {
        for dimension in [3_000_000_000, Int64.max / 2, Int64.max] {
            for type in [ElementType.f32, .f64] where UInt64(dimension / 100) * 100 > Memory.limit / 25 {
                var description = Problem.rosenbrock(type).description
                description.dimension = dimension
                let error = failure {
                    _ = try Trainer(
                        description: description, start: UnsafeRawPointer(bitPattern: 64)!, curvature: true,
                        policy: try policy("nls"), settings: try settings(""))
                }
                #expect(error.status == EOS_E_MEMORY)
                #expect(error.message.hasPrefix("dimension \(dimension) in \(type.name) needs 5 vectors, "))
                #expect(error.message.contains("use f32, a smaller model or a larger machine"))
            }
        }
        #expect(failure { _ = try Vector(.f64, count: .max / 2) }.status == EOS_E_MEMORY)
        #expect(failure { _ = try Vector(.f32, count: .max) }.status == EOS_E_MEMORY)
    }

    @Test func descriptionsAreChecked() throws {
        let empty = failure {
            _ = try Problem(start: []) { _ in
                0
            } gradient: {
                $0
            }.objective()
        }
        #expect(
            empty == Failure(status: EOS_E_INVALID, message: "the objective's dimension is 0; it must be at least 1"))
        var description = Problem.rosenbrock().description
        func error() -> Failure {
            failure {
                _ = try Trainer(
                    description: description, start: UnsafeRawPointer(bitPattern: 64)!, curvature: true,
                    policy: try policy("nls"), settings: try settings(""))
            }
        }
        description.dimension = -3
        #expect(error().message == "the objective's dimension is -3; it must be at least 1")
        description.dimension = 2
        description.dtype = 7
        #expect(error().message == "the objective's dtype is 7; it must be EOS_F32 (1) or EOS_F64 (2)")
        // The caller is wrong, and no plugin.
        #expect(error().status == EOS_E_INVALID)
        description.dtype = 2
        description.space = 1
        #expect(error().status == EOS_E_UNSUPPORTED)
        description.space = 0
        description.value_accuracy = .nan
        #expect(error().message.contains("value_accuracy is nan") && error().status == EOS_E_INVALID)
        description.value_accuracy = 0
        for bound in [\eos_objective_description.value_lower_bound, \.sharpness_lower_bound] {
            var other = description
            other[keyPath: bound] = .infinity
            description = other
            #expect(error().status == EOS_E_INVALID)
            description[keyPath: bound] = .nan
        }
    }

    @Test func callsOutOfTurnAreRefused() throws {
        let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=1")
        let point = try training.problem.space.makeVector()
        training.problem.write([2, 3], to: point.pointer)
        try training.trainer.setPoint(point.pointer)
        #expect(training.current == [2, 3])
        try training.run()
        #expect(failure { try training.trainer.setPoint(point.pointer) }.status == EOS_E_STATE)
        #expect(failure { try training.trainer.answer(eos_status(EOS_OK), value: 1) }.status == EOS_E_STATE)
    }

    @Test func anErrorOfTheObjectiveStops() throws {
        let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=9")
        training.problem.interruption = { eos_status(EOS_E_CANCELLED) }
        let error = failure { try training.run() }
        // Cancelled, but nobody had asked for it.
        #expect(error.status == EOS_E_CANCELLED)
        #expect(error.message == "the objective's evaluate returned -11 and set no error message")
        #expect(training.stop == .failed)

        let ray = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=9", ray: true)
        try ray.trainer.resume(try settings("stop.iterations=9 stop.evaluations=1"))
        try ray.run()
        try ray.trainer.resume(try settings("stop.iterations=9"))
        ray.problem.interruption = { eos_status(EOS_E_FAILED) }
        #expect(failure { try ray.run() }.message.hasPrefix("the objective's ray_value returned -12"))
    }
}

/// An objective that writes one number too many is found out in every kind of request.
@Suite struct OverrunTests {
    @Test(arguments: ["constant", "nls", "wolfe", "lbfgs"], [false, true])
    func gradientsThatAreTooLongAreRefused(_ id: String, _ atTheStart: Bool) throws {
        let problem = Problem(start: [1, 1]) { x in
            dot(x, x)
        } gradient: { x in
            x.map { 2 * $0 } + (atTheStart || x != [1, 1] ? [7] : [])
        }
        let training = try Trained(
            problem, try policy(id, id == "constant" ? "step=0.1" : ""), "stop.iterations=5", curvature: false)
        let error = failure { try training.run() }
        #expect(error.status == EOS_E_PLUGIN)
        #expect(error.message.contains("wrote past the end of the gradient (2 elements)"), "\(error.message)")
        #expect(training.trainer.progress.iteration == 0)
    }
}
