import EosAnalysis
import EosCore

/// The mean model: where it ends, against the prediction.
struct MeanModelPart {
    let scale: Scale

    static let dimension = 200
    var dimensions: [Int] { scale.pick(quick: [100, 200], full: [100, 200, 1000]) }
    /// eta / eta_c.
    let ratios = [0.25, 0.5, 0.75, 0.9, 1, 1.05, 1.1, 1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 19]

    private func key(_ dimension: Int) -> String { "mean-model-d\(dimension)" }

    var experiments: [Experiment] {
        dimensions.map { dimension in
            Experiment(
                key(dimension), inputs: ["ratios": "\(ratios)", "start": "1, 0"], cost: 1
            ) { [ratios] (laboratory) throws(EosError) in
                let objective = try laboratory.objective("mean-model", "d=\(dimension) start=[1,0]")
                var numbers: Numbers = ["bias": [], "product": [], "iterations": []]
                for ratio in ratios {
                    let step = ratio * MeanModelThreshold(dimension: dimension).step
                    let descent = try Descent(
                        objective, .init(step: step, iterations: 5_000_000, gradientNorm: 1e-13), laboratory)
                    numbers["bias"]!.append(descent.last[2])
                    numbers["product"]!.append(step * descent.lastSharpness)
                }
                return numbers
            }
        }
    }

    /// Where training ended, for each ratio.
    struct Outcome {
        let dimension: Int
        let ratios: [Double]
        let bias: [Double]
        /// eta lambda.
        let product: [Double]

        var threshold: MeanModelThreshold { MeanModelThreshold(dimension: dimension) }

        func bias(at ratio: Double) -> Double { ratios.firstIndex(of: ratio).map { bias[$0] } ?? .nan }

        /// The ratio at which the learned bias begins, by a straight line through those at 1.05 and 1.1.
        var onset: Double {
            let (near, far) = (bias(at: 1.05), bias(at: 1.1))
            return 1.05 - 0.05 * near / (far - near)
        }

        /// (ratio, learned, predicted bias; 2 - eta lambda, predicted) above the threshold.
        var learned: [(ratio: Double, bias: Double, predicted: Double, gap: Double, predictedGap: Double)] {
            ratios.indices.filter { ratios[$0] > 1 }.map { index in
                let step = ratios[index] * threshold.step
                return (
                    ratios[index], bias[index], threshold.bias(step: step) ?? .nan, 2 - product[index],
                    threshold.gap(step: step, bias: bias[index])
                )
            }
        }
    }

    func outcome(_ results: Results, _ dimension: Int) -> Outcome? {
        guard let numbers = results.numbers(key(dimension)), let bias = numbers["bias"],
            let product = numbers["product"]
        else { return nil }
        return Outcome(dimension: dimension, ratios: ratios, bias: bias, product: product)
    }

    func claims(_ results: Results) -> [Claim] {
        let outcomes = dimensions.compactMap { outcome(results, $0) }
        guard outcomes.count == dimensions.count, let main = outcome(results, Self.dimension) else { return [] }
        let onsets = outcomes.map { "\($0.onset.significant(4)) (d = \($0.dimension))" }.joined(separator: ", ")
        let learned = outcomes.flatMap(\.learned)
        let near = main.learned.filter { $0.ratio <= 2 }
        let ratios = near.map { $0.gap / $0.predictedGap }
        let errors = learned.filter { $0.ratio <= 2 }.map { abs($0.bias - $0.predicted) }
        return [
            Claim(
                "The mean model learns a bias for steps above eta_c = 8 pi / d^2, and none below", from: .paper,
                measured: "the learned bias begins at eta / eta_c = \(onsets); at d = \(Self.dimension) it is "
                    + "\(main.bias(at: 0.9).significant(2)) for 0.9 and \(main.bias(at: 1.1).significant(3)) for 1.1",
                agrees: outcomes.allSatisfy { abs($0.onset - 1) < 0.03 && $0.bias(at: 0.9) > -0.005 }),
            Claim(
                "2 - eta lambda at the end is close to 3 eta (Phi(b)/g(b))^2 for steps just above eta_c", from: .ours,
                measured: "the ratio of both is \(ratios.min()!.decimals(4)) to \(ratios.max()!.decimals(4)) for "
                    + "eta / eta_c from 1.05 to 2 (d = \(Self.dimension))",
                agrees: ratios.allSatisfy { abs($0 - 1) < 0.01 }),
            Claim(
                "The learned bias is the one with eta d^2 g(b)^2 / 2 = 2 - 3 eta (Phi(b)/g(b))^2", from: .ours,
                measured: "off by \(errors.max()!.significant(2)) at most for eta / eta_c from 1.05 to 2 and d = "
                    + dimensions.map(String.init).joined(separator: ", "),
                agrees: errors.allSatisfy { $0 < 2e-3 }),
        ]
    }

    func table(_ results: Results) -> Table? {
        guard let outcome = outcome(results, Self.dimension) else { return nil }
        var table = Table(
            "mean-model", title: "Where the mean model ends (d = \(Self.dimension), from A = 1, b = 0)",
            columns: [
                .init("eta / eta_c"), .init("b at the end"), .init("predicted"), .init("2 - eta lambda"),
                .init("predicted gap"),
            ])
        let learned = outcome.learned
        for (index, ratio) in outcome.ratios.enumerated() {
            let prediction = learned.first { $0.ratio == ratio }
            table.append([
                .number(ratio), .fixed(outcome.bias[index], decimals: 6),
                prediction.map { .fixed($0.predicted, decimals: 6) } ?? .none,
                .number(2 - outcome.product[index], digits: 4),
                prediction.map { .number($0.predictedGap, digits: 4) } ?? .none,
            ])
        }
        return table
    }

    func figure(_ results: Results) -> Figure? {
        let outcomes = dimensions.compactMap { outcome(results, $0) }
        guard !outcomes.isEmpty else { return nil }
        var bias: [Series] = []
        var gap: [Series] = []
        for (style, outcome) in outcomes.enumerated() {
            let name = "d = \(outcome.dimension)"
            let fine = (0...300).map { 1 + 18 * Double($0) / 300 }
            let predicted = fine.map { ratio in
                Series.Point(ratio, outcome.threshold.bias(step: ratio * outcome.threshold.step) ?? .nan)
            }
            bias.append(Series("\(name), predicted", predicted, style: style, .plainLine))
            bias.append(Series(name, x: outcome.ratios, y: outcome.bias, style: style, .points))
            let gaps = fine.map { ratio -> Series.Point in
                let step = ratio * outcome.threshold.step
                guard let bias = outcome.threshold.bias(step: step) else { return Series.Point(ratio, .nan) }
                return Series.Point(ratio, outcome.threshold.gap(step: step, bias: bias))
            }
            gap.append(Series("\(name), predicted", gaps, style: style, .plainLine))
            gap.append(
                Series(
                    name, outcome.learned.map { Series.Point($0.ratio, $0.gap) }, style: style, .points))
        }
        let threshold = ReferenceLine(.vertical, at: 1, "eta_c")
        return Figure(
            "mean-model",
            caption: "The mean model after training, from A = 1, b = 0: the bias that it learns, and how far below "
                + "the edge of stability it ends. Lines: the bias with eta lambda(b) = 2 - 3 eta (Phi(b)/g(b))^2, and "
                + "that gap.",
            panels: [
                Panel(
                    "learned bias", x: Axis("eta / eta_c", from: 0, to: 20), y: Axis("b at the end"), bias,
                    lines: [threshold]),
                Panel(
                    "distance from the edge", x: Axis("eta / eta_c", from: 0, to: 20),
                    y: Axis("2 - eta lambda at the end", log: true), gap, lines: [threshold]),
            ], columns: 2)
    }
}
