import CEos
import EosCore

/// Gradient descent with a constant step on an objective that has metrics for where a point lies, followed without
/// recording anything: what `RegimeAnalysis` sees of a run, for runs of millions of iterations.
public struct RegimeTrace: Sendable {
    public let samples: [RegimeSample]
    /// Of the last two steps across M, as in `RegimeAnalysis`.
    public let twoStepMultiplier: Double?

    /// - Parameters:
    ///   - times: the iterations to look at, ascending.
    ///   - isCancelled: asked now and then.
    /// - Throws: `EOS_E_UNSUPPORTED` for an objective without the metrics; `EOS_E_CANCELLED`; what the training throws,
    ///   as where it diverges.
    public init(
        _ objective: any Objective, step: Double, times: [Int], isCancelled: () -> Bool = { false }
    ) throws(EosError) {
        guard let metrics = RegimeAnalysis.metricIndices(objective) else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the objective has no metrics \(RegimeAnalysis.metrics.joined(separator: ", ")), which locate a "
                    + "point relative to its minima")
        }
        var constant = Configuration()
        constant["step"] = .number(step)
        var settings = Configuration()
        settings["stop.iterations"] = .integer(Int64(times.last ?? 0))
        settings["stop.loss"] = .number(-.infinity)
        settings["stop.gradient_norm"] = .number(0)
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind("constant")!.make(constant),
            settings: try TrainerSettings(settings))
        trainer.givesUp = false
        let last = times.last ?? 0
        var samples: [RegimeSample] = []
        var beforeLast: [Double] = []
        var next = 0
        var failure: EosError?
        try withoutActuallyEscaping(isCancelled) { (isCancelled) throws(EosError) in
            trainer.observer = { [unowned trainer] progress in
                let iteration = Int(progress.iteration)
                if iteration == last - 1 { beforeLast = ArrayObjective.read(trainer.current.x, objective.space) }
                if iteration % (1 << 16) == 0, isCancelled() { return true }
                guard next < times.count, iteration == times[next] else { return false }
                next += 1
                do throws(EosError) {
                    let values = try objective.measure(trainer.current.x)
                    samples.append(
                        RegimeSample(
                            iteration: iteration, distance: values[metrics[0]], normalDistance: values[metrics[1]],
                            sharpness: values[metrics[2]]))
                    return false
                } catch {
                    failure = error
                    return true
                }
            }
            defer { trainer.observer = nil }
            try trainer.run(objective)
        }
        if let failure { throw failure }
        guard next == times.count else { throw EosError(EOS_E_CANCELLED, "interrupted") }
        self.samples = samples
        twoStepMultiplier = try RegimeAnalysis.multiplier(
            try ArrayObjective(objective), beforeLast: beforeLast,
            last: ArrayObjective.read(trainer.current.x, objective.space),
            gradient: ArrayObjective.read(trainer.currentGradient, objective.space), step: step)
    }
}
