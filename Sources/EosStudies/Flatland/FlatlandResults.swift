/// The study's trainings by problem, method and seed.
struct FlatlandResults {
    let all: Results

    init(_ results: Results) { all = results }

    func run(_ problem: FlatlandProblem, _ method: FlatlandMethod, _ seed: Int) -> RunResult? {
        all.run(problem.key(method, seed))
    }

    /// Of all seeds that gave a result.
    func runs(_ problem: FlatlandProblem, _ method: FlatlandMethod) -> [RunResult] {
        problem.seeds.compactMap { run(problem, method, $0) }
    }

    /// The constant step whose trainings end at the smallest loss, the median over the seeds; nil: none did in order.
    func bestConstant(_ problem: FlatlandProblem) -> FlatlandMethod? {
        let ends = problem.constantSteps.compactMap { step -> (FlatlandMethod, Double)? in
            let runs = runs(problem, .constant(step))
            guard !runs.isEmpty, !runs.contains(where: \.diverged) else { return nil }
            return (.constant(step), runs.map(\.settledLoss).median)
        }
        return ends.filter(\.1.isFinite).min { $0.1 < $1.1 }?.0
    }

    /// Every method with one constant step, the best.
    func methods(_ problem: FlatlandProblem) -> [FlatlandMethod] {
        FlatlandMethod.adaptive + [bestConstant(problem)].compactMap { $0 }
    }

    /// Of each seed that gave a result: how many units of the second hidden layer fire at the end, and the largest
    /// eigenvalues there.
    func firing(_ problem: FlatlandProblem, _ method: FlatlandMethod) -> [(units: Double, eigenvalues: [Double])] {
        problem.seeds.compactMap { seed in
            guard let numbers = all.numbers(FiringUnits.key(problem, method, seed)),
                let units = numbers["second"]?.first, let eigenvalues = numbers["eigenvalues"]
            else { return nil }
            return (units, eigenvalues)
        }
    }

    /// Over the seeds.
    func median(
        _ problem: FlatlandProblem, _ method: FlatlandMethod, _ value: (RunResult) -> Double
    ) -> Double { runs(problem, method).map(value).filter { !$0.isNaN }.median }
}

extension RunResult {
    /// The median of the last tenth of the losses: the last one alone is where the oscillation happens to be.
    var settledLoss: Double { diverged ? .infinity : losses.suffix(max(losses.count / 10, 1)).median }

    /// How many probes at the end of a training are taken together: single ones jump by factors.
    static let settledProbes = 10

    /// The median of the last ten probes of `name`, or of the last half where there are fewer than twenty; up to iteration
    /// `end` where it is given. NaN: it was never measured.
    func settled(_ name: String, upTo end: Int = .max) -> Double {
        let values = measurements(name).filter { $0.iteration <= end }.map(\.value)
        return values.suffix(max(1, min(Self.settledProbes, values.count / 2))).median
    }

    /// lambda K/2 at the end: 1 is Flatland.
    func endSharpness(_ problem: FlatlandProblem) -> Double { settled("sharpness") / problem.bound }

    /// The largest rise of the loss in one iteration, relative to the loss; 0: it never rises.
    var largestRise: Double { zip(losses, losses.dropFirst()).map { $1 / $0 - 1 }.reduce(0) { max($0, $1) } }

    /// The project's figure for a run that ended in Flatland.
    func endsFlat(_ problem: FlatlandProblem) -> Bool { endSharpness(problem) <= 1.06 }

    var trialsPerIteration: Double { Double(trials.reduce(0, +)) / Double(trials.count) }
}
