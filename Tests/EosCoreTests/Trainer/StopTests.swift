import CEos
import EosCore
import Foundation
import Testing

/// A trainer and its objective on one problem.
struct Trained {
    let problem: Problem
    let objective: any Objective
    let trainer: Trainer

    init(
        _ problem: Problem, _ policy: any Policy, _ assignments: String, curvature: Bool = true, ray: Bool = false
    ) throws {
        self.problem = problem
        objective = try problem.objective(curvature: curvature, ray: ray)
        trainer = try Trainer(objective: objective, policy: policy, settings: try settings(assignments))
    }

    func run() throws { try trainer.run(objective) }
    var stop: StopReason { trainer.stop }
    var current: [Double] { problem.read(trainer.current.x) }
    var best: [Double] { problem.read(trainer.best.x) }
}

@Suite struct StopTests {
    @Test func countsAreThoseOfTheObjective() throws {
        for (id, keys) in policyCases {
            for curvature in [true, false] {
                let training = try Trained(
                    .rosenbrock(), try policy(id, keys), "stop.iterations=9 sharpness.every=4", curvature: curvature)
                _ = failure { try training.run() }
                let progress = training.trainer.progress
                let values = training.problem.valueCounts.values.reduce(0, +)
                let gradients = training.problem.gradientCounts.values.reduce(0, +)
                #expect(progress.value_evaluations == Int64(values), "\(id)")
                #expect(progress.gradient_evaluations == Int64(gradients), "\(id)")
                #expect(progress.curvature_products > 0)
                if curvature { #expect(training.problem.linearizations <= 10) }
            }
        }
    }

    @Test func theBestPointIsTheSmallestValueSeen() throws {
        for (id, keys) in policyCases + [("constant", "step=0.0021"), ("constant", "step=0.0045")] {
            for (_, problem) in Problem.all() {
                let training = try Trained(problem, try policy(id, keys), "stop.iterations=60")
                var seen: [(value: Double, point: [Double], iteration: Int64)] = []
                training.trainer.observer = { progress in
                    seen.append((progress.value, training.current, progress.iteration))
                    let best = Self.best(of: seen)
                    #expect(progress.best_value == best.value)
                    #expect(training.best == best.point)
                    return false
                }
                _ = failure { try training.run() }
                training.trainer.observer = nil
                let best = Self.best(of: seen)
                #expect(training.trainer.best.value == best.value)
                #expect(training.trainer.best.iteration == Int(best.iteration))
                #expect(training.trainer.progress.best_iteration == best.iteration)
                #expect(training.best == best.point)
                #expect(training.problem.value(training.best) == best.value)
                #expect(training.trainer.current.value == seen.last!.value)
                #expect(training.current == seen.last!.point)
            }
        }
    }

    private typealias Seen = (value: Double, point: [Double], iteration: Int64)

    /// The last of those with the smallest value.
    private static func best(of seen: [Seen]) -> Seen {
        seen.last { one in seen.allSatisfy { one.value <= $0.value } }!
    }

    /// Values that tie in rounding do not send a solved training back to where it came from.
    @Test(arguments: ["lbfgs", "ls"], [0, 1e3, 1e6])
    func thePointThatConvergedIsTheBest(_ id: String, _ offset: Double) throws {
        let valley = Problem.rosenbrock()
        let problem = Problem(start: valley.start) {
            valley.value($0) + offset
        } gradient: {
            valley.gradient($0)
        }
        problem.flags = UInt32(EOS_OBJECTIVE_DETERMINISTIC)
        let training = try Trained(problem, try policy(id), "stop.iterations=20000 stop.gradient_norm=1e-6")
        try training.run()
        if training.stop == .gradient {
            let norm = dot(valley.gradient(training.best), valley.gradient(training.best)).squareRoot()
            #expect(norm < 1e-6, "\(id) + \(offset)")
            #expect(training.best == training.current)
            #expect(training.trainer.best.value == training.trainer.progress.best_value)
            #expect(training.trainer.progress.best_iteration == training.trainer.progress.iteration)
        } else {
            #expect(id == "ls")
        }
    }

    @Test func lossStopsBelowItsLimit() throws {
        func run(_ loss: String, nonnegative: Bool) throws -> Trained {
            let problem = Problem.quadratic()
            if !nonnegative { problem.flags = 0 }
            let objective = try problem.objective()
            var configuration = Configuration()
            try configuration.set(assignments: "stop.iterations=3000 stop.gradient_norm=0" + loss)
            let trainer = try Trainer(
                objective: objective, policy: try policy("constant", "step=0.19"),
                settings: try TrainerSettings(configuration))
            let training = Trained(problem: problem, objective: objective, trainer: trainer)
            try training.run()
            return training
        }
        let automatic = try run("", nonnegative: true)
        #expect(automatic.stop == .loss)
        #expect(automatic.trainer.progress.value < 1e-8)
        let signed = try run("", nonnegative: false)
        #expect(signed.stop == .iterations)
        #expect(signed.trainer.progress.value < 1e-8)
        let given = try run(" stop.loss=0.01", nonnegative: false)
        #expect(given.stop == .loss)
        #expect((1e-8..<0.01).contains(given.trainer.progress.value))

        // Going on takes a tighter limit, and that is the one in force.
        #expect(failure { try given.trainer.resume() }.status == EOS_E_STATE)
        try given.trainer.resume(try settings("stop.loss=1e-4 stop.iterations=3000"))
        #expect(given.stop == .none)
        try given.run()
        #expect(given.stop == .loss)
        #expect((1e-8..<1e-4).contains(given.trainer.progress.value))
    }

    @Test func gradientAndStepStop() throws {
        let gradient = try Trained(
            .quadratic(), try policy("constant", "step=0.15"), "stop.iterations=9999 stop.gradient_norm=1e-3")
        try gradient.run()
        #expect(gradient.stop == .gradient)
        #expect((1e-4..<1e-3).contains(gradient.trainer.progress.gradient_norm))

        let step = try Trained(.quadratic(), try policy("constant", "step=0.15"), "stop.iterations=9999 stop.step=1e-3")
        try step.run()
        #expect(step.stop == .step)
        #expect(step.trainer.progress.gradient_norm * 0.15 < 1e-3)

        // An exactly zero gradient ends a training whatever the limit.
        let zero = try Trained(.quadratic(.f64, [1, 1]), try policy("constant", "step=1"), "stop.iterations=9")
        try zero.run()
        #expect(zero.stop == .gradient)
        #expect(zero.trainer.progress.iteration == 1)
    }

    @Test func iterationsAreExact() throws {
        for n in [0, 1, 7] {
            let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=\(n)")
            try training.run()
            #expect(training.stop == .iterations)
            #expect(training.trainer.progress.iteration == Int64(n))
            // Stopping again at the same limit changes nothing.
            try training.trainer.resume()
            try training.run()
            #expect(training.trainer.progress.iteration == Int64(n))
        }
    }

    @Test func budgetsStopWithinASearchAndGoOn() throws {
        for (id, keys) in [("nls", ""), ("ponls", ""), ("constant", "step=1e-3"), ("cdat", "")] {
            let whole = try Trained(.rosenbrock(), try policy(id, keys), "stop.iterations=12 sharpness.every=2")
            try whole.run()
            let total = Int(whole.trainer.progress.value_evaluations)
            for budget in 1..<total {
                let training = try Trained(
                    .rosenbrock(), try policy(id, keys),
                    "stop.iterations=12 sharpness.every=2 stop.evaluations=\(budget)")
                try training.run()
                #expect(training.stop == .evaluations)
                #expect(training.trainer.progress.value_evaluations == Int64(budget))
                try training.trainer.resume(try settings("stop.iterations=12 sharpness.every=2"))
                try training.run()
                #expect(training.stop == .iterations)
                #expect(training.current == whole.current)
                #expect(training.best == whole.best)
                #expect(training.trainer.progress.value_evaluations == Int64(total))
                #expect(
                    training.trainer.progress.gradient_evaluations == whole.trainer.progress.gradient_evaluations)
            }
        }
    }

    @Test func stepsAreIterationsAndResume() throws {
        let whole = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=10")
        try whole.run()
        let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=4")
        var steps = 0
        while try training.trainer.step(training.objective) {
            steps += 1
            #expect(training.trainer.progress.iteration == Int64(steps))
        }
        #expect(training.trainer.progress.iteration == 4)
        try training.trainer.resume(try settings("stop.iterations=10"))
        while try training.trainer.step(training.objective) {}
        #expect(training.current == whole.current)
    }

    @Test func timeStops() throws {
        let training = try Trained(
            .rosenbrock(), try policy("constant", "step=1e-9"), "stop.iterations=4000000000000 stop.seconds=1e-3")
        try training.run()
        #expect(training.stop == .seconds)
        #expect(training.trainer.progress.seconds >= 1e-3)

        // Whoever answers the requests, time passes.
        let problem = Problem.rosenbrock()
        let start = try problem.space.makeVector()
        problem.write(problem.start, to: start.pointer)
        let asked = try Trainer(
            description: problem.description, start: UnsafeRawPointer(start.pointer), curvature: false,
            policy: try policy("constant", "step=1e-9"),
            settings: try settings("stop.iterations=4000000000000 stop.seconds=1e-3"))
        while case let request = try asked.request(), request.kind != .nothing {
            let (status, value) = problem.evaluate(request.want, problem.read(request.x!), gradient: request.out)
            try asked.answer(status, value: value)
        }
        #expect(asked.stop == .seconds)
        #expect(asked.progress.seconds >= 1e-3)
    }

    @Test func anotherThreadStops() throws {
        let training = try Trained(
            .rosenbrock(), try policy("constant", "step=1e-9"), "stop.iterations=4000000000000")
        nonisolated(unsafe) let trainer = training.trainer
        var began = false
        training.problem.interruption = {
            if !began { Thread.detachNewThread { trainer.requestStop() } }
            began = true
            return eos_status(EOS_OK)
        }
        try training.run()
        #expect(training.stop == .requested)
        let iteration = training.trainer.progress.iteration
        training.problem.interruption = nil
        try training.trainer.resume(try settings("stop.iterations=\(iteration + 3)"))
        try training.run()
        #expect(training.trainer.progress.iteration == iteration + 3)
    }

    @Test func theObserverStops() throws {
        let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=100")
        var iterations: [Int64] = []
        training.trainer.observer = {
            iterations.append($0.iteration)
            return $0.iteration == 5
        }
        try training.run()
        #expect(training.stop == .requested)
        #expect(iterations == [0, 1, 2, 3, 4, 5])
        training.trainer.observer = nil
        try training.trainer.resume()
        try training.run()
        let whole = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=100")
        try whole.run()
        #expect(training.current == whole.current)
    }
}

extension Trained {
    init(problem: Problem, objective: any Objective, trainer: Trainer) {
        self.problem = problem
        self.objective = objective
        self.trainer = trainer
    }
}
