import EosAnalysis
import EosCore
import Glibc

/// The single neuron l(x y): its two regimes, and how far below 2/eta it ends.
struct SingleNeuronPart {
    let scale: Scale

    struct Loss {
        let name: String
        let keys: String
        let neuron: SingleNeuron
        /// Those for which the end is reached in a moderate number of iterations.
        let steps: [Double]
    }

    var losses: [Loss] {
        let usual = scale.pick(quick: [0.2, 0.1, 0.05, 0.02], full: [0.2, 0.1, 0.05, 0.02, 0.01, 0.005])
        return [
            Loss(name: "sqrt(1 + s^2)", keys: "loss=sqrt", neuron: .root, steps: usual),
            Loss(name: "log cosh s", keys: "loss=log-cosh", neuron: .logCosh, steps: usual),
            Loss(
                name: "beta = 1.5", keys: "loss=beta beta=1.5", neuron: .family(beta: 1.5),
                steps: scale.pick(quick: [0.2, 0.1, 0.05], full: [0.2, 0.1, 0.05, 0.03])),
            Loss(name: "beta = 3", keys: "loss=beta beta=3", neuron: .family(beta: 3), steps: usual),
            Loss(name: "beta = 4", keys: "loss=beta beta=4", neuron: .family(beta: 4), steps: usual),
        ]
    }

    /// Of the trajectories.
    static let step = 0.2
    static let flowStarts = [[1.0, 1.5], [1.5, 2.5], [0.6, 3.0], [-1.2, 2.2]]
    static let edgeStarts = [[0.3, 3.8]]
    static let shortStep = 0.05

    var experiments: [Experiment] {
        let gaps = losses.map { loss in
            Experiment(
                "single-neuron-\(loss.keys.filter { $0 != " " && $0 != "=" })",
                inputs: ["steps": "\(loss.steps)", "loss": loss.keys], cost: 2
            ) { (laboratory) throws(EosError) in
                var gaps: [Double] = []
                for step in loss.steps {
                    let y = (2.5 / step + 0.01).squareRoot()
                    let objective = try laboratory.objective("single-neuron", "\(loss.keys) start=[0.1,\(y)]")
                    let descent = try Descent(
                        objective, .init(step: step, iterations: 5_000_000, gradientNorm: 1e-12), laboratory)
                    gaps.append(2 / step - descent.last[1] * descent.last[1])
                }
                return ["gap": gaps]
            }
        }
        return gaps + [
            trajectories("flow", Self.flowStarts, step: Self.shortStep),
            trajectories("edge", Self.edgeStarts, step: Self.step),
        ]
    }

    private func trajectories(_ name: String, _ starts: [[Double]], step: Double) -> Experiment {
        Experiment(
            "single-neuron-\(name)", inputs: ["starts": "\(starts)", "step": "\(step)"]
        ) { (laboratory) throws(EosError) in
            var numbers: Numbers = [:]
            for (index, start) in starts.enumerated() {
                let objective = try laboratory.objective("single-neuron", "start=[\(start[0]),\(start[1])]")
                let descent = try Descent(
                    objective, .init(step: step, iterations: 5000, gradientNorm: 1e-12, every: 1), laboratory)
                numbers["x\(index)"] = descent.points[0]
                numbers["y\(index)"] = descent.points[1]
            }
            return numbers
        }
    }

    private func gaps(_ results: Results, _ loss: Loss) -> [Double]? {
        results.numbers("single-neuron-\(loss.keys.filter { $0 != " " && $0 != "=" })")?["gap"]
    }

    /// The slope of log gap over log eta between the two smallest steps.
    private func exponent(_ loss: Loss, _ gaps: [Double]) -> Double {
        let last = gaps.count - 1
        return log(gaps[last] / gaps[last - 1]) / log(loss.steps[last] / loss.steps[last - 1])
    }

    func claims(_ results: Results) -> [Claim] {
        var claims: [Claim] = []
        let measured = losses.compactMap { loss in gaps(results, loss).map { (loss, $0) } }
        guard measured.count == losses.count, let flow = ends(results, "flow", Self.flowStarts) else { return [] }
        let errors = flow.map { abs($0.end / $0.start - 1) }
        claims.append(
            Claim(
                "Single neuron: for eta < 2 / (y0^2 - x0^2) it follows the gradient flow, and y^2 ends close to y0^2 "
                    + "- x0^2",
                from: .recalled,
                measured: "y^2 ends within \((100 * errors.max()!).significant(2)) % of it (eta = "
                    + "\(Self.shortStep.significant()), \(errors.count) starts)",
                agrees: errors.allSatisfy { $0 < 0.05 }))
        let relative = measured.flatMap { loss, gaps in zip(loss.steps, gaps).map { $0 * $1 / 2 } }
        claims.append(
            Claim(
                "Single neuron: above it the sharpness y^2 ends just below 2/eta", from: .recalled,
                measured: "below it by \((100 * relative.min()!).significant(2)) % to "
                    + "\((100 * relative.max()!).significant(2)) % in \(relative.count) trainings with five losses",
                agrees: relative.allSatisfy { $0 > 0 && $0 < 0.1 }))
        let square = measured.filter { $0.0.neuron.exponent == 2 }
        let limits = square.map { loss, gaps in gaps.last! / (loss.steps.last! / (2 * loss.neuron.coefficient)) }
        claims.append(
            Claim(
                "For beta = 2 the gap 2/eta - y^2 tends to eta/(2c) as eta tends to 0", from: .ours,
                measured: zip(square, limits).map {
                    "\($1.decimals(4)) of it for \($0.0.name) at eta = \($0.0.steps.last!.significant())"
                }.joined(separator: ", "),
                agrees: limits.allSatisfy { abs($0 - 1) < 0.01 }))
        let exponents = measured.map { (loss, gaps) in (loss, exponent(loss, gaps)) }
        claims.append(
            Claim(
                "The gap scales as eta^(1/(beta-1))", from: .recalled,
                measured: exponents.map {
                    "\($1.decimals(3)) for \($0.name), predicted \((1 / ($0.neuron.exponent - 1)).significant(3))"
                }.joined(separator: "; "),
                agrees: exponents.allSatisfy { abs($1 * ($0.neuron.exponent - 1) - 1) < 0.05 }))
        return claims
    }

    func table(_ results: Results) -> Table? {
        var table = Table(
            "single-neuron", title: "Where the single neuron ends (x0 = 0.1, y0^2 = 2.5/eta + 0.01)",
            columns: [.init("loss"), .init("eta"), .init("2/eta - y^2"), .init("predicted"), .init("ratio")])
        for loss in losses {
            guard let gaps = gaps(results, loss) else { continue }
            for (step, gap) in zip(loss.steps, gaps) {
                let predicted = loss.neuron.gap(step: step)
                table.append([
                    .text(loss.name), .number(step), .number(gap, digits: 5),
                    predicted.map { .number($0, digits: 5) } ?? .none,
                    predicted.map { .fixed(gap / $0, decimals: 4) } ?? .none,
                ])
            }
        }
        return table
    }

    /// Sharpness at the start of the flow and where training ended.
    private func ends(
        _ results: Results, _ name: String, _ starts: [[Double]]
    ) -> [(start: Double, end: Double)]? {
        guard let numbers = results.numbers("single-neuron-\(name)") else { return nil }
        return starts.enumerated().map { index, start in
            let y = numbers["y\(index)"]?.last ?? .nan
            return (SingleNeuron.flowSharpness(start[0], start[1]), y * y)
        }
    }

    private func path(_ numbers: Numbers, _ index: Int, _ style: Int, _ drawing: Series.Drawing) -> Series {
        let (x, y) = (numbers["x\(index)"] ?? [], numbers["y\(index)"] ?? [])
        return Series("gradient descent", x: x, y: y, style: style, drawing)
    }

    /// y^2 - x^2 = const through a start, from there to the axis.
    private func flow(_ start: [Double]) -> Series {
        let constant = SingleNeuron.flowSharpness(start[0], start[1])
        let points = (0...60).map { step -> Series.Point in
            let x = start[0] * (1 - Double(step) / 60)
            return Series.Point(x, (constant + x * x).squareRoot())
        }
        return Series("gradient flow, y^2 - x^2 constant", points, style: 1, .plainLine)
    }

    func figures(_ results: Results) -> [Figure] {
        var figures: [Figure] = []
        if let short = results.numbers("single-neuron-flow"), let long = results.numbers("single-neuron-edge") {
            let edge = (2 / Self.step).squareRoot()
            figures.append(
                Figure(
                    "single-neuron-trajectories",
                    caption: "Gradient descent on sqrt(1 + (x y)^2). Left, eta = \(Self.shortStep.significant()): it "
                        + "follows the gradient flow to the y axis. Right, eta = \(Self.step.significant()) > 2/(y0^2 "
                        + "- x0^2): x changes its sign at every step while y falls, until y^2 is just below 2/eta.",
                    panels: [
                        Panel(
                            "gradient flow regime", x: Axis("x", from: -2, to: 2), y: Axis("y", from: 1, to: 3.2),
                            Self.flowStarts.map(flow)
                                + Self.flowStarts.indices.map { path(short, $0, 0, .points) }),
                        Panel(
                            "edge of stability regime", x: Axis("x", from: -0.4, to: 0.4), y: Axis("y"),
                            Self.edgeStarts.indices.map { path(long, $0, 0, .linesAndPoints) }
                                + Self.edgeStarts.map(flow),
                            lines: [ReferenceLine(at: edge, "y^2 = 2/eta")]),
                    ], columns: 2))
        }
        let measured = losses.compactMap { loss in gaps(results, loss).map { (loss, $0) } }
        guard !measured.isEmpty else { return figures }
        var series: [Series] = []
        for (style, (loss, gaps)) in measured.enumerated() {
            let ends = (log(loss.steps.last!), log(loss.steps.first!))
            let fine = (0...20).map { exp(ends.0 + (ends.1 - ends.0) * Double($0) / 20) }
            let predicted = fine.map { Series.Point($0, loss.neuron.gap(step: $0) ?? .nan) }
            series.append(Series("", predicted, style: style, .plainLine))
            series.append(Series(loss.name, x: loss.steps, y: gaps, style: style, .points))
        }
        figures.append(
            Figure(
                "single-neuron-gap",
                caption: "How far below the edge of stability the single neuron ends, for five losses with l'(s)/s = "
                    + "1 - c |s|^beta + ... (the first two have beta = 2). Lines: the prediction, a multiple of "
                    + "eta^(1/(beta-1)) that for beta = 2 is eta/(2c).",
                panels: [
                    Panel(
                        "distance from the edge",
                        x: Axis(
                            "step eta", log: true,
                            tics: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].map { ($0, $0.significant()) }),
                        y: Axis("2/eta - y^2 at the end", log: true), series)
                ], panelWidth: 640, panelHeight: 400))
        return figures
    }
}
