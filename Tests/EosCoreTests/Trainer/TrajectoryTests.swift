import CEos
import EosCore
import Testing

/// One trajectory, however it is driven, interrupted or measured.
@Suite struct TrajectoryTests {
    private static let start: [Double] = [-1.2, 1, 0.7, 1.1, 0.3]

    private static func trainings(_ settings: String) -> [Training] {
        policyCases.map { Training(id: $0.id, keys: $0.keys, settings: settings) }
    }

    private func expectSame(_ trajectory: Trajectory, _ other: Trajectory, _ what: String) {
        if let difference = trajectory.difference(from: other) { Issue.record("\(what): \(difference)") }
        #expect(trajectory.iterates.count > 2, "\(what)")
    }

    @Test(arguments: [ElementType.f64, .f32])
    func tableStepAndAskAgree(_ type: ElementType) throws {
        for (name, problem) in Problem.all(type) {
            for var training in Self.trainings("stop.iterations=12 sharpness.every=3 sharpness.count=2") {
                for curvature in [true, false] {
                    training.curvature = curvature
                    let what = "\(training.id) \(training.keys) on \(name), \(type), exact \(curvature)"
                    let run = try training.run(problem.copy())
                    expectSame(try training.step(problem.copy()), run, "steps: \(what)")
                    expectSame(try training.ask(problem.copy()), run, "ask: \(what)")
                }
            }
        }
    }

    /// Every policy, cut at every request: more than 11,000 cuts in each of the four cases.
    @Test(arguments: [ElementType.f64, .f32], [true, false])
    func savingAfterEveryRequestChangesNothing(_ type: ElementType, _ curvature: Bool) throws {
        #expect(Set(policyCases.map(\.id)).isSuperset(of: BuiltInPolicies.all.map(\.id)))
        var cuts = 0
        for probe in ["", " sharpness.every=1", " sharpness.every=1 sharpness.count=3"] {
            for var training in Self.trainings("stop.iterations=5" + probe) {
                training.curvature = curvature
                for ray in [false, true] {
                    training.ray = ray
                    let problem = Problem.rosenbrock(type, start: Self.start)
                    let what = "\(training.id) \(training.keys), \(type), exact \(curvature), ray \(ray)\(probe)"
                    let whole = try training.run(problem.copy())
                    expectSame(try training.interrupted(problem.copy(), &cuts), whole, what)
                    // Without a ray the same by ask and tell, also between a request and its answer.
                    if !ray { expectSame(try training.asked(problem.copy(), &cuts), whole, "ask: \(what)") }
                }
            }
        }
        #expect(cuts > 11_000)
    }

    @Test func interruptedSearchesOverHolesAgree() throws {
        for training in Self.trainings("stop.iterations=8") {
            for (name, problem) in Problem.all() {
                let what = "\(training.id) \(training.keys) on \(name)"
                expectSame(try training.interrupted(problem.copy()), try training.run(problem.copy()), what)
            }
        }
    }

    @Test func probesChangeNothing() throws {
        for type in [ElementType.f64, .f32] {
            for curvature in [true, false] {
                for var training in Self.trainings("stop.iterations=10") {
                    training.curvature = curvature
                    let plain = try training.run(.rosenbrock(type, start: Self.start))
                    training.settings += " sharpness.every=1"
                    var probed = try training.run(.rosenbrock(type, start: Self.start))
                    #expect(probed.pairs.first?.converged == true)
                    for i in probed.iterates.indices {
                        probed.iterates[i].sharpness = plain.iterates[i].sharpness
                        probed.iterates[i].residual = plain.iterates[i].residual
                    }
                    #expect(probed.iterates == plain.iterates, "\(training.id) \(training.keys), \(type) \(curvature)")
                    #expect(probed.best == plain.best)
                }
            }
        }
    }

    @Test func aRayAgreesToRounding() throws {
        for (id, keys) in [("ls", "first_step=0.7"), ("ponls", ""), ("gll", "shrink=0.6")] {
            var training = Training(id: id, keys: keys, settings: "stop.iterations=6")
            let plain = try training.run(.rosenbrock(.f64, start: Self.start))
            training.ray = true
            let ray = try training.run(.rosenbrock(.f64, start: Self.start))
            #expect(ray.iterates.count == plain.iterates.count)
            #expect(ray != plain, "the ray of this test is meant to round in another way")
            for (one, other) in zip(ray.iterates, plain.iterates) {
                let steps = (Double(bitPattern: one.step), Double(bitPattern: other.step))
                #expect(one.iteration == 0 || abs(steps.0 - steps.1) < 1e-9 * steps.1)
                for (x, y) in zip(one.point, other.point) {
                    #expect(abs(Double(bitPattern: x) - Double(bitPattern: y)) < 1e-9)
                }
            }
            #expect(Array(ray.counts.prefix(2)) == Array(plain.counts.prefix(2)))
        }
    }

    @Test func aCancelledRequestIsAskedAgain() throws {
        for ray in [false, true] {
            for (id, keys) in policyCases {
                let training = Training(id: id, keys: keys, settings: "stop.iterations=6 sharpness.every=2", ray: ray)
                let plain = try training.run(.rosenbrock(.f64, start: Self.start))

                let problem = Problem.rosenbrock(.f64, start: Self.start)
                let objective = try problem.objective(ray: ray)
                let trainer = try Trainer(
                    objective: objective, policy: try policy(id, keys), settings: try settings(training.settings))
                var cancels = false
                problem.interruption = {
                    cancels.toggle()
                    guard cancels else { return eos_status(EOS_OK) }
                    trainer.requestStop()
                    return eos_status(EOS_E_CANCELLED)
                }
                var stops = 0
                do throws(EosError) {
                    try trainer.run(objective)
                    while trainer.stop == .requested, stops < 10_000 {
                        stops += 1
                        try trainer.resume()
                        try trainer.run(objective)
                    }
                } catch {
                    guard error.status == EOS_E_NONFINITE else { throw error }
                }
                problem.interruption = nil
                #expect(stops > 6)
                var trajectory = Trajectory()
                trajectory.end(trainer, problem)
                #expect(trajectory.best == plain.best, "\(id) \(keys)")
                #expect(trajectory.counts == plain.counts, "\(id) \(keys)")
                #expect(trajectory.pairs == plain.pairs)
                #expect(problem.read(trainer.current.x).map(\.bitPattern) == plain.iterates.last?.point)
            }
        }
    }
}
