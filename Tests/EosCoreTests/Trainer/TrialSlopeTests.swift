import EosCore
import Testing

/// Slopes at trials, for policies that need them.
@Suite struct TrialSlopeTests {
    /// Both conditions hold at every step that was accepted, computed here from the function itself.
    @Test(arguments: [ElementType.f64, .f32], [false, true])
    func theStrongWolfeConditionsHold(_ type: ElementType, _ ray: Bool) throws {
        for (name, problem) in Problem.all(type) {
            let recording = RecordingPolicy(StrongWolfe())
            let training = try Trained(problem.copy(), recording, "stop.iterations=40", ray: ray)
            var points: [[Double]] = []
            training.trainer.observer = { _ in
                points.append(training.current)
                return false
            }
            try training.run()
            training.trainer.observer = nil
            // Near the minimum the decrease is below the rounding of a value and no search can show it.
            let rounding = type == .f64 ? 1e-9 : 1e-2
            var checked = 0
            for k in 0..<points.count - 1 where recording.reasons[k] != .safeguard {
                let g = problem.gradient(points[k])
                let (before, after) = (problem.value(points[k]), problem.value(points[k + 1]))
                let slope = -dot(g, g)
                let step = recording.searches[k].accepted
                #expect(after <= before + StrongWolfe.c1 * step * slope + rounding * before, "\(name), iterate \(k)")
                let slopeAfter = -dot(problem.gradient(points[k + 1]), g)
                #expect(abs(slopeAfter) <= (StrongWolfe.c2 + rounding) * abs(slope), "\(name), iterate \(k)")
                checked += 1
            }
            #expect(checked >= 4, "\(name): \(recording.reasons)")
            #expect(recording.searches.contains { $0.trials.count > 2 }, "\(name): no search had to work")
        }
    }

    @Test func slopesAreThoseOfTheFunctionAndNaNWhereThereIsNone() throws {
        var finite = 0
        var other = 0
        let problem = Problem.hole()
        let policy = ClosurePolicy(needs: .trialSlope) { _ in 1 }
        policy.verdict = { iterate, trial in
            let x = problem.start
            let g = problem.gradient(x)
            if trial.finite == 0 {
                other += 1
                #expect(trial.slope.isNaN)
                return .tryStep(trial.step / 2)
            }
            finite += 1
            let slope = -dot(problem.gradient(zip(x, g).map { $0 - trial.step * $1 }), g)
            #expect(abs(trial.slope - slope) < 1e-12 * abs(slope))
            return .accept(trial.step, .backtracked)
        }
        try Trained(problem, policy, "stop.iterations=1").run()
        #expect(finite == 1 && other > 2)

        // Not asked for: not there, and not paid for.
        let plain = ClosurePolicy { _ in 1e-4 }
        plain.verdict = { _, trial in
            #expect(trial.slope.isNaN)
            return trial.index < 2 ? .tryStep(trial.step / 2) : .accept(trial.step, .backtracked)
        }
        let training = try Trained(.rosenbrock(), plain, "stop.iterations=5")
        try training.run()
        #expect(training.trainer.progress.value_evaluations == 1 + 5 * 3)
        #expect(training.trainer.progress.gradient_evaluations == 1 + 5)
    }

    @Test func theGradientOfTheLastTrialIsUsedAndThatOfAnEarlierOneAskedForAgain() throws {
        let last = try Trained(.rosenbrock(), try policy("wolfe"), "stop.iterations=9")
        try last.run()
        let progress = last.trainer.progress
        #expect(progress.gradient_evaluations == progress.value_evaluations)
        #expect(last.problem.gradientCounts.values.allSatisfy { $0 == 1 })

        let back = try Trained(.rosenbrock(), GoesBack(), "stop.iterations=9")
        try back.run()
        #expect(back.trainer.progress.value_evaluations == 1 + 9 * 3)
        #expect(back.trainer.progress.gradient_evaluations == 1 + 9 * 4)
        #expect(back.problem.valueCounts.values.allSatisfy { $0 == 1 })
    }

    @Test func slopesSurviveSavingBetweenAnyTwoRequests() throws {
        for ray in [false, true] {
            let training = Training(id: "goes-back", keys: "", settings: "stop.iterations=5", ray: ray)
            let whole = try training.run(.rosenbrock())
            let interrupted = try training.interrupted(.rosenbrock())
            #expect(interrupted.difference(from: whole) == nil)
        }
        // What it was told of a trial, it is told again of the same trial when that is accepted.
        let recording = RecordingPolicy(GoesBack())
        let trained = try Trained(.rosenbrock(), recording, "stop.iterations=5")
        try trained.run()
        let told = try recording.save()
        #expect(told.count == 8 * (1 + 10))
        for k in 0..<5 { #expect(told[8 + 16 * k..<16 + 16 * k] == told[16 + 16 * k..<24 + 16 * k]) }
    }

    /// A ray gives no slopes: points are formed, and the trajectory is that of an objective without a ray.
    @Test func aRayIsNotUsed() throws {
        var training = Training(id: "wolfe", keys: "", settings: "stop.iterations=12")
        let plain = try training.run(.rosenbrock())
        training.ray = true
        let ray = try training.run(.rosenbrock())
        #expect(ray.difference(from: plain) == nil)
    }
}
