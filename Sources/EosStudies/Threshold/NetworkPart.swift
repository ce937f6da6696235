import EosAnalysis
import EosCore
import Glibc

/// The full network in the setting of the paper's Figure 1, and beside the mean model.
struct NetworkPart {
    let scale: Scale

    static let dimension = 200
    static let samples = 300
    static let signal = 3.0
    /// iterations * eta.
    static let time = 10.0
    static let threshold = MeanModelThreshold(dimension: dimension)

    /// Of data and weights: the same for all steps, so that those can be compared in pairs.
    var seeds: [Int] { Array(1...scale.pick(quick: 4, full: 20)) }
    /// eta / eta_c; eta = 0.012 is the largest of the paper's.
    var ratios: [Double] {
        let common = [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4, 6, 8, 10, 13, 16, 19.1]
        return scale.pick(quick: common, full: (common + [0.95, 1.05, 1.75, 2.5, 5, 7, 9, 11.5, 14.5, 17.5]).sorted())
    }
    /// Below the threshold, whose final biases the others are compared with.
    private static let base = 0.25
    /// Those of the pictures over time, and the seed.
    static let shown = [0.5, 1.1, 2.0, 6]
    static let shownSeed = 3

    private func key(_ seed: Int, _ ratio: Double) -> String { "network-s\(seed)-r\(ratio)" }
    private func meanKey(_ ratio: Double) -> String { "mean-path-r\(ratio)" }

    static func iterations(_ ratio: Double) -> Int { Int((time / (ratio * threshold.step)).rounded()) }

    var experiments: [Experiment] {
        let sweep = seeds.flatMap { seed in
            ratios.map { ratio in
                Experiment(
                    key(seed, ratio), inputs: Self.inputs(seed, ratio),
                    cost: 0.3 + 1.2e-5 * Double(Self.iterations(ratio))
                ) { (laboratory) throws(EosError) in try Self.train(laboratory, seed, ratio) }
            }
        }
        let paths = Self.shown.map { ratio in
            Experiment(meanKey(ratio), inputs: Self.inputs(Self.shownSeed, ratio), cost: 0.1) {
                (laboratory) throws(EosError) in try Self.meanPath(laboratory, ratio)
            }
        }
        return sweep + paths
    }

    private static func inputs(_ seed: Int, _ ratio: Double) -> [String: String] {
        [
            "seed": "\(seed)", "ratio": "\(ratio)", "d": "\(dimension)", "samples": "\(samples)", "signal": "\(signal)",
            "time": "\(time)",
        ]
    }

    private static func network(_ laboratory: Laboratory, _ seed: Int) throws(EosError) -> any Objective {
        try laboratory.objective(
            "threshold-network", "d=\(dimension) samples=\(samples) signal=\(signal) data_seed=\(seed)")
    }

    private static func settings(_ seed: Int, _ ratio: Double) -> Descent.Settings {
        let iterations = iterations(ratio)
        return Descent.Settings(
            step: ratio * threshold.step, iterations: iterations, seed: seed,
            every: Descent.interval(iterations, samples: 400),
            sharpnessEvery: Descent.interval(iterations, samples: 400), measuresMetrics: true)
    }

    private static func train(
        _ laboratory: Laboratory, _ seed: Int, _ ratio: Double
    ) throws(EosError) -> Numbers {
        let descent = try Descent(try network(laboratory, seed), settings(seed, ratio), laboratory)
        return [
            "bias": [descent.last[2]], "accuracy": [descent.metrics["test_accuracy"] ?? .nan],
            "product": [ratio * threshold.step * descent.lastSharpness], "iteration": descent.iterations,
            "biases": descent.points[2], "sharpnessIteration": descent.sharpnessIterations,
            "sharpness": descent.sharpness,
        ]
    }

    /// The mean model from the network's own start.
    private static func meanPath(_ laboratory: Laboratory, _ ratio: Double) throws(EosError) -> Numbers {
        let start = try laboratory.objective("threshold-network", "d=\(dimension) samples=1 test=0")
        let x = try start.space.makeVector()
        try start.initialPoint(seed: UInt64(shownSeed), into: x.pointer)
        let w = x.pointer.assumingMemoryBound(to: Double.self)
        let model = try laboratory.objective("mean-model", "d=\(dimension) start=[\(w[0]),\(w[1]),\(w[2])]")
        let descent = try Descent(model, settings(shownSeed, ratio), laboratory)
        // It ends where the gradient is zero, and stays there.
        return [
            "iteration": descent.iterations + [Double(iterations(ratio))],
            "biases": descent.points[2] + [descent.last[2]],
        ]
    }
}

/// What came out.
extension NetworkPart {
    struct Sweep {
        let ratios: [Double]
        let seeds: [Int]
        /// [ratio][seed].
        let bias: [[Double]]
        let accuracy: [[Double]]
        let product: [[Double]]

        private func row(_ ratio: Double) -> Int { ratios.firstIndex(of: ratio)! }

        /// b(r) - b(base), seed by seed.
        func change(_ ratio: Double) -> [Double] { zip(bias[row(ratio)], bias[row(NetworkPart.base)]).map { $0 - $1 } }
        func accuracy(_ ratio: Double) -> Double { NetworkPart.mean(accuracy[row(ratio)]) }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    func sweep(_ results: Results) -> Sweep? {
        func all(_ name: String) -> [[Double]]? {
            var rows: [[Double]] = []
            for ratio in ratios {
                let row = seeds.compactMap { results.numbers(key($0, ratio))?[name]?.first }
                guard row.count == seeds.count else { return nil }
                rows.append(row)
            }
            return rows
        }
        guard let bias = all("bias"), let accuracy = all("accuracy"), let product = all("product") else { return nil }
        return Sweep(ratios: ratios, seeds: seeds, bias: bias, accuracy: accuracy, product: product)
    }

    func claims(_ results: Results) -> [Claim] {
        guard let sweep = sweep(results) else { return [] }
        let below = ratios.filter { $0 <= 0.9 }
        let still = below.flatMap(sweep.change).map(abs).max()!
        let learned = sweep.change(1.1)
        let accuracies = [0.5, 1.1, 2, 6, 19.1].map { ($0, sweep.accuracy($0)) }
        let list = accuracies.map { "\($1.decimals(3)) at \($0.significant())" }.joined(separator: ", ")
        var claims = [
            Claim(
                "Full network: no bias is learned below eta_c, and above it one is", from: .paper,
                measured: "over \(seeds.count) seeds, against eta_c/4: |change of b| <= \(still.significant(2)) for "
                    + "eta / eta_c <= 0.9, and \(learned.max()!.significant(2)) or lower at 1.1 (mean "
                    + "\(Self.mean(learned).significant(2)))",
                agrees: still < 0.002 && learned.allSatisfy { $0 < -0.01 }),
            Claim(
                "Above eta_c the network generalises better, the better the larger the step", from: .paper,
                measured: "mean test accuracy by eta / eta_c: \(list)",
                agrees: zip(accuracies, accuracies.dropFirst()).allSatisfy { $0.1 < $1.1 }),
            Claim(
                "Test accuracy is .58 below eta_c", from: .ours,
                measured: "mean \(sweep.accuracy(0.5).decimals(3)), from "
                    + "\(sweep.accuracy[ratios.firstIndex(of: 0.5)!].min()!.decimals(3)) to "
                    + "\(sweep.accuracy[ratios.firstIndex(of: 0.5)!].max()!.decimals(3)) over the seeds: the higher "
                    + "the further b has drifted",
                agrees: abs(sweep.accuracy(0.5) - 0.58) < 0.02),
        ]
        if let edge = edgeClaim(results) { claims.append(edge) }
        return claims
    }

    /// The largest product of a training, over all seeds.
    private func largest(_ results: Results, _ ratio: Double) -> [Double] {
        seeds.compactMap { seed in
            results.numbers(key(seed, ratio))?["sharpness"]?.dropFirst().max().map { $0 * ratio * Self.threshold.step }
        }
    }

    private func edgeClaim(_ results: Results) -> Claim? {
        let (short, long) = (largest(results, 0.5), largest(results, 2))
        guard short.count == seeds.count, long.count == seeds.count else { return nil }
        return Claim(
            "The threshold is where training reaches the edge of stability: eta lambda comes up to 2 above it only",
            from: .paper,
            measured: "largest eta lambda of a training, lowest and highest over the seeds: "
                + "\(short.min()!.significant(3)) to \(short.max()!.significant(3)) at eta_c/2, "
                + "\(long.min()!.significant(3)) to \(long.max()!.significant(3)) at 2 eta_c",
            agrees: short.allSatisfy { $0 < 1.9 } && long.allSatisfy { $0 > 1.9 })
    }

    func table(_ results: Results) -> Table? {
        guard let sweep = sweep(results) else { return nil }
        var table = Table(
            "network",
            title: "Full network, d = \(Self.dimension), n = \(Self.samples), \(seeds.count) seeds, iterations * eta = "
                + Self.time.significant(),
            columns: [
                .init("eta / eta_c"), .init("eta"), .init("b, mean"), .init("b - b(eta_c/4), mean"), .init("least"),
                .init("most"), .init("test accuracy, mean"), .init("eta lambda at the end, mean"),
            ])
        for (index, ratio) in ratios.enumerated() {
            let change = sweep.change(ratio)
            table.append([
                .number(ratio), .number(ratio * Self.threshold.step), .fixed(Self.mean(sweep.bias[index]), decimals: 4),
                .fixed(Self.mean(change), decimals: 5), .fixed(change.max()!, decimals: 5),
                .fixed(change.min()!, decimals: 5), .fixed(sweep.accuracy(ratio), decimals: 4),
                .number(Self.mean(sweep.product[index])),
            ])
        }
        return table
    }

    /// Final bias and accuracy against the step.
    func sweepFigure(_ results: Results, _ mean: MeanModelPart) -> Figure? {
        guard let sweep = sweep(results) else { return nil }
        let steps = ratios.map { $0 * Self.threshold.step }
        func bars(_ rows: [[Double]]) -> [Series.Point] {
            zip(steps, rows).map { Series.Point($0, Self.mean($1), low: $1.min()!, high: $1.max()!) }
        }
        let line = ReferenceLine(.vertical, at: Self.threshold.step, "eta_c")
        var bias = [Series("full network, mean and range over seeds", bars(sweep.bias), style: 0, .linesAndPoints)]
        if let outcome = mean.outcome(results, Self.dimension) {
            let steps = outcome.ratios.map { $0 * Self.threshold.step }
            bias.append(Series("mean model, trained to its end", x: steps, y: outcome.bias, style: 1, .linesAndPoints))
        }
        let chance = Self.normal(Self.signal / Double(Self.dimension).squareRoot())
        let range = Axis("step eta", from: 0, to: 0.0125)
        return Figure(
            "network",
            caption: "The full network after iterations * eta = \(Self.time.significant()), against the step (d = "
                + "\(Self.dimension), n = \(Self.samples), signal \(Self.signal.significant()), \(seeds.count) "
                + "seeds). Above eta_c = 8 pi/d^2 a bias is learned, and the test accuracy rises above that of the "
                + "sign of the sum of x, which is all that is used at b = 0.",
            panels: [
                Panel("bias", x: range, y: Axis("b at the end"), bias, lines: [line]),
                Panel(
                    "test accuracy", x: range, y: Axis("share of 20 000 test samples"),
                    [
                        Series(
                            "full network, mean and range over seeds", bars(sweep.accuracy), style: 0, .linesAndPoints)
                    ], lines: [line, ReferenceLine(at: chance, "b = 0")]),
            ], columns: 2)
    }

    /// The change of the bias near the threshold, in pairs.
    func pairFigure(_ results: Results) -> Figure? {
        guard let sweep = sweep(results) else { return nil }
        let near = ratios.filter { $0 <= 2 }
        let points = near.flatMap { ratio in sweep.change(ratio).map { Series.Point(ratio, $0) } }
        let means = near.map { Series.Point($0, Self.mean(sweep.change($0))) }
        return Figure(
            "network-threshold",
            caption: "The learned bias of the full network near the threshold, against that of the same data and "
                + "weights at eta_c/4, for \(seeds.count) seeds.",
            panels: [
                Panel(
                    "change of the bias", x: Axis("eta / eta_c", from: 0, to: 2.1), y: Axis("b - b(eta_c / 4)"),
                    [
                        Series("mean over seeds", means, style: 0, .linesAndPoints),
                        Series("each seed", points, style: 7, .points),
                    ], lines: [ReferenceLine(.vertical, at: 1, "eta_c")])
            ], panelWidth: 640)
    }

    private static func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

    private func title(_ ratio: Double) -> String { "eta = \(ratio.significant()) eta_c" }

    private func over(_ iterations: [Double], _ values: [Double], _ ratio: Double) -> [Series.Point] {
        zip(iterations, values).map { Series.Point($0 * ratio * Self.threshold.step, $1) }
    }

    /// b(t) and sharpness(t).
    func edgeFigure(_ results: Results) -> Figure? {
        var bias: [Series] = []
        var products: [Series] = []
        for (style, ratio) in Self.shown.enumerated() {
            guard let numbers = results.numbers(key(Self.shownSeed, ratio)) else { return nil }
            bias.append(
                Series(title(ratio), over(numbers["iteration"]!, numbers["biases"]!, ratio), style: style))
            let eta = ratio * Self.threshold.step
            products.append(
                Series(
                    title(ratio),
                    over(numbers["sharpnessIteration"]!, numbers["sharpness"]!.map { $0 * eta }, ratio), style: style))
        }
        return Figure(
            "network-edge",
            caption: "The full network over time (seed \(Self.shownSeed)): the bias, and the sharpness in units of "
                + "1/eta, so that the edge of stability, 2/eta, is the same line for all steps.",
            panels: [
                Panel("bias", x: Axis("iteration * eta", from: 0, to: Self.time), y: Axis("b"), bias),
                Panel(
                    "sharpness", x: Axis("iteration * eta", from: 0, to: Self.time),
                    y: Axis("sharpness * eta", from: 0, to: 2.2), products,
                    lines: [ReferenceLine(at: 2, "2/eta")]),
            ], columns: 2)
    }

    /// The mean model beside the network.
    func pathFigure(_ results: Results) -> Figure? {
        var panels: [Panel] = []
        for ratio in Self.shown {
            guard let network = results.numbers(key(Self.shownSeed, ratio)),
                let mean = results.numbers(meanKey(ratio))
            else { return nil }
            var lines: [ReferenceLine] = []
            let step = ratio * Self.threshold.step
            if ratio > 1, let predicted = Self.threshold.bias(step: step) {
                lines.append(ReferenceLine(at: predicted, "predicted"))
            }
            panels.append(
                Panel(
                    title(ratio), x: Axis("iteration * eta", from: 0, to: Self.time), y: Axis("b"),
                    [
                        Series("full network", over(network["iteration"]!, network["biases"]!, ratio), style: 0),
                        Series("mean model", over(mean["iteration"]!, mean["biases"]!, ratio), style: 1),
                    ], lines: lines))
        }
        return Figure(
            "network-and-mean-model",
            caption: "The bias of the full network and of the mean model from the same start (seed "
                + "\(Self.shownSeed)). The mean model knows nothing of the signal: it stays where it is stable "
                + "(predicted), while the network drifts on.",
            panels: panels, columns: 2, panelHeight: 280)
    }
}
