import EosCore

/// One training, with the sharpness at iterates.
struct Trajectory {
    /// At iterates 0, 1, ...: losses has one more element than steps.
    var losses: [Double] = []
    /// steps[k] leads from iterate k to k + 1.
    var steps: [Double] = []
    /// At iterates 0, every, 2 every, ...
    var sharpness: [Double] = []
    let every: Int
    var trials = 0
    private(set) var finalSharpness = Double.nan
    private(set) var metrics: [String: Double] = [:]

    /// Runs `policy` from the objective's initial point for `seed`.
    ///
    /// - Parameter every: sharpness every so many iterations; 0: at the end only.
    init(_ problem: Problem, _ policy: String, seed: Int, iterations: Int, every: Int = 0, dtype: String = "f64") throws
    {
        self.every = every
        let objective = try problem.objective(dtype: dtype)
        var settings = Configuration()
        try settings.set(
            assignments: "seed=\(seed) stop.iterations=\(iterations) stop.loss=1e-8 sharpness.every=\(every)")
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind(policy)!.make(),
            settings: try TrainerSettings(settings))
        var measured: [Double] = []
        var losses: [Double] = []
        var steps: [Double] = []
        trainer.observer = { progress in
            losses.append(progress.value)
            if progress.iteration > 0 { steps.append(progress.step) }
            if progress.sharpness_iteration == progress.iteration { measured.append(progress.sharpness) }
            return false
        }
        try trainer.run(objective)
        self.losses = losses
        self.steps = steps
        sharpness = measured
        trials = Int(trainer.progress.value_evaluations) - 1
        let curvature = try ObjectiveCurvature(objective, at: trainer.current.x)
        finalSharpness = try curvature.leading(.init(tolerance: 1e-4, maxProducts: 300)).pairs[0].value
        let values = try objective.measure(trainer.current.x)
        for (metric, value) in zip(objective.metrics, values) { metrics[metric.name] = value }
    }

    /// Share of the measured iterations with step*sharpness above `limit`.
    func share(above limit: Double) -> Double {
        let products = sharpness.indices.filter { $0 * every < steps.count }.map {
            steps[$0 * every] * sharpness[$0]
        }
        return Double(products.filter { $0 > limit }.count) / Double(products.count)
    }

    /// Share of iterations with a larger loss than before.
    var risingShare: Double {
        Double(zip(losses, losses.dropFirst()).filter { $1 > $0 }.count) / Double(steps.count)
    }

    /// Trial values an iteration.
    var trialsPerIteration: Double { Double(trials) / Double(steps.count) }

    /// Iterations until the loss is below `limit`; nil where it never is.
    func iterations(toLoss limit: Double) -> Int? { losses.firstIndex { $0 < limit } }
}
