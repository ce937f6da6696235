import EosCore

/// Gradient descent with a constant step on an objective of `Float64` parameters, with some of its iterates.
struct Descent {
    /// Of the iterates below.
    private(set) var iterations: [Double] = []
    /// points[p][i]: parameter p at iterate i.
    private(set) var points: [[Double]]
    /// Where the sharpness was measured.
    private(set) var sharpnessIterations: [Double] = []
    private(set) var sharpness: [Double] = []
    /// At the last iterate.
    private(set) var last: [Double] = []
    private(set) var lastSharpness = Double.nan
    private(set) var metrics: [String: Double] = [:]

    struct Settings {
        var step: Double
        var iterations: Int
        var seed = 0
        /// Stops below it.
        var gradientNorm = 0.0
        /// Iterations from one iterate that is kept to the next; 0: none is.
        var every = 0
        /// The same for the sharpness.
        var sharpnessEvery = 0
        var measuresMetrics = false
    }

    /// - Throws: `EOS_E_NONFINITE` where it diverges.
    init(_ objective: any Objective, _ settings: Settings, _ laboratory: Laboratory) throws(EosError) {
        let trainer = try laboratory.trainer(
            objective, try laboratory.policy("constant", "step=\(settings.step)"),
            "seed=\(settings.seed) stop.iterations=\(settings.iterations) stop.loss=-1 "
                + "stop.gradient_norm=\(settings.gradientNorm) sharpness.every=\(settings.sharpnessEvery) "
                + "sharpness.tolerance=1e-8")
        let count = objective.space.count
        points = [[Double]](repeating: [], count: count)
        func point() -> [Double] {
            let x = trainer.current.x.assumingMemoryBound(to: Double.self)
            return (0..<count).map { x[$0] }
        }
        let taken = Taken()
        trainer.observer = { [unowned trainer] progress in
            let iteration = Int(progress.iteration)
            if settings.every > 0, iteration % settings.every == 0 {
                taken.iterates.append((iteration, point()))
            }
            if progress.sharpness_iteration == progress.iteration {
                taken.sharpness.append((iteration, progress.sharpness))
            }
            let intervals = [settings.every, settings.sharpnessEvery].filter { $0 > 0 }
            trainer.firstObserved = intervals.map { (iteration / $0 + 1) * $0 }.min() ?? .max
            return laboratory.isCancelled
        }
        defer { trainer.observer = nil }
        try trainer.run(objective)
        try laboratory.check()
        for (iteration, point) in taken.iterates {
            iterations.append(Double(iteration))
            for parameter in 0..<count { points[parameter].append(point[parameter]) }
        }
        sharpnessIterations = taken.sharpness.map { Double($0.0) }
        sharpness = taken.sharpness.map(\.1)
        last = point()
        let options = LeadingEigenvalues.Options(tolerance: 1e-10, maxProducts: 100)
        lastSharpness = try ObjectiveCurvature(objective, at: trainer.current.x).leading(options).pairs[0].value
        guard settings.measuresMetrics else { return }
        for (metric, value) in zip(objective.metrics, try objective.measure(trainer.current.x)) {
            metrics[metric.name] = value
        }
    }

    private final class Taken {
        var iterates: [(Int, [Double])] = []
        var sharpness: [(Int, Double)] = []
    }

    /// About so many samples of that many iterations: an odd interval, because iterates at the edge alternate.
    static func interval(_ iterations: Int, samples: Int) -> Int { max(iterations / samples, 1) | 1 }
}
