/// The tables of the report.
struct FlatlandTables {
    let study: FlatlandStudy
    let results: FlatlandResults
    let scale: Scale

    var all: [Table] { [methods, scaled, runs] }

    /// Every method on every problem, medians over seeds.
    private var methods: Table {
        var table = Table(
            "methods", title: "Methods on the problems (medians over seeds)",
            columns: [
                .init("problem"), .init("method"), .init("seeds"), .init("loss at the end"), .init("best loss"),
                .init("share ηλ > 1"), .init("share ηλ > 2"), .init("rising losses"), .init("λ/(2/K), last ten probes"),
                .init("train accuracy"), .init("test accuracy"), .init("trials an iteration"),
            ])
        for problem in study.problems(scale) {
            for method in results.methods(problem) {
                let runs = results.runs(problem, method)
                guard !runs.isEmpty else { continue }
                func median(_ value: (RunResult) -> Double) -> Double { results.median(problem, method, value) }
                let diverged = runs.count(where: \.diverged)
                table.append([
                    .text(problem.title), .text(method.title + (diverged > 0 ? " (\(diverged) diverged)" : "")),
                    .integer(runs.count), .number(median(\.settledLoss), digits: 2),
                    .number(median(\.bestLoss), digits: 2),
                    .fixed(median { $0.share(stepSharpnessAbove: 1) }, decimals: 2),
                    .fixed(median { $0.share(stepSharpnessAbove: 2) }, decimals: 2),
                    .fixed(median(\.risingShare), decimals: 2),
                    .fixed(median { $0.endSharpness(problem) }, decimals: 2),
                    .fixed(median { $0.settled("train_accuracy") }, decimals: 3),
                    .fixed(median { $0.settled("test_accuracy") }, decimals: 3),
                    .fixed(median(\.trialsPerIteration), decimals: 2),
                ])
            }
            if results.bestConstant(problem) == nil {
                let none = [Table.Cell](repeating: .none, count: table.columns.count - 2)
                let steps = problem.constantSteps.map { $0.significant() }.joined(separator: ", ")
                table.append([.text(problem.title), .text("constant: none of \(steps) ends in order")] + none)
            }
        }
        return table
    }

    /// NLS and NLS-ub from scaled starts.
    private var scaled: Table {
        var table = Table(
            "scaled", title: "Scaled starts: NLS ends in Flatland, NLS-ub may not",
            columns: [
                .init("problem"), .init("method"), .init("seeds"), .init("end in Flatland"), .init("learn"),
                .init("loss at the end"), .init("λ/(2/K), last ten probes"), .init("train accuracy"),
                .init("test accuracy"), .init("units of layer 2 that fire (of \(FiringUnits.width))"),
            ])
        for problem in study.scaled(scale) + study.scaledDigits(scale) {
            for method in [FlatlandMethod.nls, .capped] {
                let runs = results.runs(problem, method)
                guard !runs.isEmpty else { continue }
                func median(_ value: (RunResult) -> Double) -> Double { results.median(problem, method, value) }
                table.append([
                    .text(problem.title), .text(method.title), .integer(runs.count),
                    .integer(runs.count { $0.endsFlat(problem) }), .integer(runs.count(where: \.hasLearnt)),
                    .number(median(\.settledLoss), digits: 2), .fixed(median { $0.endSharpness(problem) }, decimals: 2),
                    .fixed(median { $0.settled("train_accuracy") }, decimals: 3),
                    .fixed(median { $0.settled("test_accuracy") }, decimals: 3), .text(firing(problem, method)),
                ])
            }
        }
        return table
    }

    /// "3 (0 to 8)": median and range over the seeds; "" where they were not counted.
    private func firing(_ problem: FlatlandProblem, _ method: FlatlandMethod) -> String {
        let units = results.firing(problem, method).map(\.units)
        guard let low = units.min(), let high = units.max() else { return "" }
        return "\(units.median.significant()) (\(low.significant()) to \(high.significant()))"
    }

    /// Every training, for those who want to look closer.
    private var runs: Table {
        var table = Table(
            "runs", title: "Every training",
            columns: [
                .init("run"), .init("problem"), .init("method"), .init("seed"), .init("iterations"), .init("ended"),
                .init("first loss"), .init("last loss"), .init("loss at the end"), .init("best loss"),
                .init("share step*sharpness > 1"), .init("share step*sharpness > 2"), .init("rising losses"),
                .init("sharpness, last ten probes"), .init("train accuracy, last ten probes"),
                .init("test accuracy, last ten probes"), .init("trials an iteration"), .init("value evaluations"),
                .init("gradient evaluations"),
                .init("time", unit: "s"),
            ], isInReport: false)
        let scaled = study.scaled(scale) + study.scaledDigits(scale)
        let pairs =
            study.problems(scale).flatMap { problem in problem.methods.map { (problem, $0) } }
            + scaled.flatMap { problem in [FlatlandMethod.nls, .capped].map { (problem, $0) } }
        for (problem, method) in pairs {
            for seed in problem.seeds {
                guard let run = results.run(problem, method, seed) else { continue }
                table.append([
                    .text(run.key), .text(problem.title), .text(method.title), .integer(seed),
                    .integer(run.iterations), .text(run.diverged ? "diverged" : "in order"),
                    .number(run.initialLoss), .number(run.lastLoss), .number(run.settledLoss), .number(run.bestLoss),
                    .number(run.share(stepSharpnessAbove: 1)), .number(run.share(stepSharpnessAbove: 2)),
                    .number(run.risingShare), .number(run.settled("sharpness")),
                    .number(run.settled("train_accuracy")), .number(run.settled("test_accuracy")),
                    .number(run.trialsPerIteration),
                    .integer(run.valueEvaluations), .integer(run.gradientEvaluations), .number(run.seconds),
                ])
            }
        }
        return table
    }
}

extension RunResult {
    /// A training that is not stuck at guessing.
    var hasLearnt: Bool { settled("train_accuracy") > 0.8 }
}
