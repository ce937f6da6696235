import CEos
import EosCore
import Testing

/// The size of a problem: flat and stiff bowls, and values and gradients whose squares leave the range of a double.
@Suite struct ScaleTests {
    /// Half of s times the sum of a x^2; minimised at 0, where it is 0.
    private func bowl(_ s: Double, _ a: [Double], _ type: ElementType = .f64, start: Double = 2) -> Problem {
        let problem = Problem(type, start: a.map { _ in start }) { x in
            s * zip(a, x).reduce(0) { $0 + 0.5 * $1.0 * $1.1 * $1.1 }
        } gradient: { x in
            zip(a, x).map { s * $0 * $1 }
        } product: { _, v in
            zip(a, v).map { s * $0 * $1 }
        }
        return problem
    }

    private static let direct = ["bb1", "bb2", "adgd", "cdat", "polyak"]

    /// No limit holds a step that no search looks for: curvatures of 1e8 and 1e-8 are solved like those of 1.
    @Test(arguments: direct + ["lbfgs"], [1e-8, 1, 1e8])
    func stiffAndFlatBowlsAreSolved(_ id: String, _ s: Double) throws {
        let keys = id == "cdat" ? "sigma=1" : ""
        let training = try Trained(
            bowl(s, [1, 2, 3], start: 1), try policy(id, keys), "stop.iterations=2000 stop.relative_gradient=1e-10")
        try training.run()
        #expect(training.stop == .gradient, "\(id)")
        #expect(training.current.allSatisfy { abs($0) < 1e-8 }, "\(id): \(training.current)")
    }

    /// In one dimension the formulae are closed: BB and CDAT (sigma 1) have 1/curvature, Polyak 1/(2 curvature).
    @Test(arguments: [1e-300, 1e-170, 1e-150, 1e-20, 1, 1e20, 1e150, 1e160, 1e200, 1e300])
    func stepsAreThoseOfTheFormulae(_ s: Double) throws {
        for (id, keys, expected) in [
            ("bb1", "", 1.0), ("bb2", "", 1), ("cdat", "sigma=1", 1), ("cdat", "sigma=1.5", 1.5), ("polyak", "", 0.5),
        ] {
            let recorder = RecordingPolicy(try policy(id, keys))
            let training = try Trained(bowl(s, [1]), recorder, "stop.iterations=6")
            #expect(failure { try training.run() } == Failure(), "\(id) \(s)")
            let steps = recorder.searches.map(\.accepted)
            let first = id.hasPrefix("bb") ? 1 : 0
            #expect(steps.count > first, "\(id) \(s)")
            // The first difference of gradients has some digits only where the first step barely moves the point.
            for step in steps.dropFirst(first).prefix(1) {
                #expect(abs(step * s / expected - 1) < (first == 1 ? 2e-3 : 1e-14), "\(id) \(s): \(steps)")
            }
        }
    }

    /// AdGD's steps stay below 1/(2 curvature) in one dimension and get there.
    @Test(arguments: [1e-300, 1e-170, 1e-150, 1, 1e150, 1e160, 1e300])
    func adaptiveStepsReachTheSmoothness(_ s: Double) throws {
        let recorder = RecordingPolicy(try policy("adgd"))
        let training = try Trained(bowl(s, [1]), recorder, "stop.iterations=300 stop.relative_gradient=1e-10")
        try training.run()
        #expect(training.stop == .gradient)
        #expect(abs(training.best[0]) < 1e-6)
        let steps = recorder.searches.map(\.accepted).dropFirst()
        #expect(steps.allSatisfy { $0 * s <= 0.5 * 1.002 })
        #expect(steps.contains { abs($0 * s - 0.5) < 1e-3 })
    }

    /// |dx|/|dg| is a step of 1e-200 or so where both squares are in range and their ratio is not.
    @Test(arguments: [1e-220, 1e-200, 1e-180, 1e180, 1e200, 1e220], [1e-8, 1, 1e8])
    func adaptiveStepsPassTheEdgeOfTheRange(_ s: Double, _ start: Double) throws {
        let training = try Trained(
            bowl(s, [1, 1, 1], start: start), try policy("adgd"),
            "stop.iterations=2000 stop.gradient_norm=0 stop.relative_gradient=1e-100 stop.loss=-1")
        try training.run()
        #expect(training.stop == .gradient, "\(training.current)")
    }

    private static let scales = stride(from: -300, through: 300, by: 20).map { Double("1e\($0)")! }

    /// Trained, or a true sentence: a finite gradient is never called zero, and never infinite.
    @Test func everyScaleIsTrainedOrSaid() throws {
        for (type, scales) in [
            (ElementType.f64, Self.scales), (.f32, Self.scales.filter { (1e-30...1e30).contains($0) }),
        ] {
            for s in scales {
                for (id, keys) in policyCases where BuiltInPolicies.kind(id) != nil {
                    let problem = bowl(s, [1, 1.5], type)
                    let training = try Trained(problem, try policy(id, keys), "stop.iterations=400")
                    let error = failure { try training.run() }
                    let moved = training.best != problem.start
                    switch training.stop {
                    case .gradient:
                        #expect(training.current.allSatisfy { abs($0) < 1e-3 }, "\(id) \(keys) \(s)")
                    case .nonfinite:
                        #expect(
                            error.message.contains("after a step of")
                                || error.message.contains("after the smallest step"))
                        #expect(
                            type == .f32 || !error.message.contains("gradient is not finite"),
                            "\(id) \(s): \(error.message)")
                    case .noProgress, .iterations, .loss: #expect(error == Failure())
                    case .noStep: #expect(error.message.contains("lower policy.min_step"))
                    default: Issue.record("\(id) \(keys) at \(s): \(error)")
                    }
                    #expect(
                        error.status != EOS_E_PLUGIN && error.status != EOS_E_CONFIG, "\(id) \(keys) \(s): \(error)")
                    let finds = ["bb1", "bb2", "adgd", "cdat", "polyak", "lbfgs"].contains(id) && keys.isEmpty
                    if finds { #expect((moved || id == "cdat") && error == Failure(), "\(id) \(s) \(type): \(error)") }
                    if finds, id != "cdat" {
                        #expect(training.best.allSatisfy { abs($0) < 1e-3 }, "\(id) \(s) \(type): \(training.best)")
                    }
                }
            }
        }
    }

    /// Saved between any two requests at such scales, too, the trainer goes on to the same bits.
    @Test(arguments: ["bb1", "adgd", "cdat", "polyak", "lbfgs", "heavy-ball", "ls"], [1e-200, 1e-160, 1e170, 1e300])
    func extremeScalesResumeToTheSameBits(_ id: String, _ s: Double) throws {
        for curvature in [true, false] {
            var training = Training(id: id, keys: "", settings: "stop.iterations=12")
            training.curvature = curvature
            let problem = bowl(s, [1, 1.7])
            let whole = try training.run(problem.copy())
            #expect(try training.interrupted(problem.copy()).difference(from: whole) == nil)
            #expect(try training.ask(problem.copy()).difference(from: whole) == nil)
        }
    }

    /// In single precision nothing has to be declared for AdGD to move.
    @Test(arguments: [ElementType.f32, .f64], [1e-30, 1e-8, 1, 1e8, 1e30])
    func adaptiveDescentMovesInBothPrecisions(_ type: ElementType, _ s: Double) throws {
        let training = try Trained(
            bowl(s, [1, 0.5], type), try policy("adgd"), "stop.iterations=300 stop.relative_gradient=1e-4")
        try training.run()
        #expect(training.stop == .gradient)
    }

    /// On noise the smoothness has no bound; steps stay positive.
    @Test(arguments: ["adgd", "bb1", "bb2", "polyak", "cdat"])
    func noiseBreaksNoContract(_ id: String) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let random = Random(seed: seed)
            var next: UInt64 = 0
            func noise() -> Double {
                next += 1
                return 1e-3 * random.uniform(next)
            }
            let problem = Problem(start: [2, 2, 2]) {
                dot($0, $0) + noise()
            } gradient: {
                $0.map { 2 * $0 + noise() - 5e-4 }
            } product: { _, v in
                v.map { 2 * $0 + noise() }
            }
            let training = try Trained(problem, try policy(id), "stop.iterations=3000")
            #expect(failure { try training.run() }.status != EOS_E_PLUGIN, "\(id), seed \(seed)")
        }
    }
}
