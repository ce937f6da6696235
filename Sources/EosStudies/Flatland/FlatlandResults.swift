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

    /// Over the seeds.
    func median(
        _ problem: FlatlandProblem, _ method: FlatlandMethod, _ value: (RunResult) -> Double
    ) -> Double { runs(problem, method).map(value).filter { !$0.isNaN }.median }
}

extension RunResult {
    /// The median of the last tenth of the losses: the last one alone is where the oscillation happens to be.
    var settledLoss: Double { diverged ? .infinity : losses.suffix(max(losses.count / 10, 1)).median }

    /// lambda K/2 at the end: 1 is Flatland.
    func endSharpness(_ problem: FlatlandProblem) -> Double { last("sharpness") / problem.bound }

    /// The project's figure for a run that ended in Flatland.
    func endsFlat(_ problem: FlatlandProblem) -> Bool { endSharpness(problem) <= 1.06 }

    var trialsPerIteration: Double { Double(trials.reduce(0, +)) / Double(trials.count) }
}
