import CEos
import EosCore
import Testing

/// What an objective may tell points and rays by, however many trainers it serves.
@Suite struct SeveralTrainersTests {
    /// No evaluation id stands for two points, be they of one trainer or of several.
    @Test(arguments: ["nls", "cdat", "wolfe", "goes-back", "lbfgs"])
    func noIdHasTwoPoints(_ id: String) throws {
        var points: [Int64: [Double]] = [:]
        var requests = 0
        for start in [[-1.2, 1.0], [1.5, 2], [0.3, -0.7]] {
            let problem = Problem.rosenbrock(start: start)
            let vector = try problem.space.makeVector()
            problem.write(start, to: vector.pointer)
            let trainer = try Trainer(
                description: problem.description, start: UnsafeRawPointer(vector.pointer), curvature: false,
                policy: try policy(id), settings: try settings("stop.iterations=12 sharpness.every=3"))
            while case let request = try trainer.request(), request.kind != .nothing {
                let x = problem.read(request.x!)
                #expect(points.updateValue(x, forKey: request.evaluation).map { $0 == x } ?? true)
                requests += 1
                let (status, value) = problem.evaluate(request.want, x, gradient: request.out)
                try trainer.answer(status, value: value)
            }
        }
        #expect(requests > 100)
    }

    /// Two trainers take turns on one objective, request by request: each goes its own way along its own rays.
    @Test(arguments: ["nls", "lbfgs"])
    func twoTrainersShareAnObjective(_ id: String) throws {
        let starts = [[-1.2, 1.0], [1.5, 2]]
        let alone = try starts.map { start in
            let training = try Trained(.rosenbrock(start: start), try policy(id), "stop.iterations=12", ray: true)
            try training.run()
            return training.current
        }
        let problem = Problem.rosenbrock(start: starts[0])
        let objective = try problem.objective(ray: true)
        let trainers = try starts.map { start in
            let trainer = try Trainer(
                objective: objective, policy: try policy(id), settings: try settings("stop.iterations=12"))
            let vector = try problem.space.makeVector()
            problem.write(start, to: vector.pointer)
            try trainer.setPoint(vector.pointer)
            return trainer
        }
        problem.interruption = {
            for trainer in trainers { trainer.requestStop() }
            return eos_status(EOS_OK)
        }
        var turns = 0
        while trainers.contains(where: { $0.stop != .iterations }), turns < 10_000 {
            let trainer = trainers[turns % 2]
            turns += 1
            if trainer.stop == .iterations { continue }
            try trainer.resume()
            try trainer.run(objective)
        }
        problem.interruption = nil
        #expect(turns > 50)
        #expect(trainers.map { problem.read($0.current.x) } == alone)
    }
}
