import EosAnalysis
import EosCore

/// The experiments of `RatesStudy`, and how their numbers are read back.
enum RatesExperiment {
    /// Gradient descent, looked at in pairs of iterates at equal ratios, or evenly where it is short.
    static func trace(_ key: String, _ problem: RatesProblem, step: Double, iterations: Int) -> Experiment {
        let inputs = [
            "objective": "\(problem.plugin) \(problem.keys)", "step": "\(step)", "iterations": "\(iterations)",
        ]
        return Experiment(key, inputs: inputs, cost: 0.1 + 5e-7 * Double(iterations)) {
            (laboratory) throws(EosError) in
            let objective = try laboratory.objective(problem.plugin, problem.keys)
            var times = Set(SampleTimes.geometricPairs(250, upTo: iterations))
            if iterations <= 20_000 {
                // Evenly as well, since what falls linearly is drawn over iterations.
                for time in SampleTimes.even(400, upTo: iterations - 1) { times.formUnion([time, time + 1]) }
            }
            let trace = try RegimeTrace(objective, step: step, times: times.sorted()) { laboratory.isCancelled }
            return [
                "iteration": trace.samples.map { Double($0.iteration) }, "distance": trace.samples.map(\.distance),
                "normal_distance": trace.samples.map(\.normalDistance), "sharpness": trace.samples.map(\.sharpness),
                "step": [step], "multiplier": trace.twoStepMultiplier.map { [$0] } ?? [],
            ]
        }
    }

    /// lambda*, nu and c from values and gradients alone.
    static func constants(_ key: String, _ problem: RatesProblem) -> Experiment {
        let inputs = ["objective": "\(problem.plugin) \(problem.keys)"]
        return Experiment(key, inputs: inputs, cost: 0.1) { (laboratory) throws(EosError) in
            let objective = try ArrayObjective(try laboratory.objective(problem.plugin, problem.keys))
            let found = try FlattestSearch(objective, from: problem.start, towards: problem.start).constants
            return [
                "sharpness": [found.sharpness], "curvature": [found.curvature],
                "flip_coefficient": [found.flipCoefficient(step: 2 / found.sharpness)],
            ]
        }
    }

    /// What `trace` computed; nil: the experiment broke.
    static func measurement(_ results: Results, _ key: String) -> (RegimeMeasurement, multiplier: Double)? {
        guard let numbers = results.numbers(key), let step = numbers["step"]?.first,
            let iterations = numbers["iteration"], let distances = numbers["distance"],
            let normal = numbers["normal_distance"], let sharpness = numbers["sharpness"]
        else { return nil }
        let samples = iterations.indices.map {
            RegimeSample(
                iteration: Int(iterations[$0]), distance: distances[$0], normalDistance: normal[$0],
                sharpness: sharpness[$0])
        }
        return (RegimeMeasurement(samples, step: step), numbers["multiplier"]?.first ?? .nan)
    }
}
