import EosAnalysis
import EosCore

extension RatesTraces {
    func figures() throws(EosError) -> [Figure] {
        [subcriticalFigure, criticalFigure, supercriticalFigure, orbitFigure]
    }

    private enum Quantity: CaseIterable {
        case distance, normalDistance, sharpness

        var label: String {
            switch self {
            case .distance: "d"
            case .normalDistance: "|s|"
            case .sharpness: "lambda - lambda*"
            }
        }

        var title: String {
            switch self {
            case .distance: "distance along M"
            case .normalDistance: "distance across M, even iterates"
            case .sharpness: "sharpness on M"
            }
        }

        /// NaN below `floor`, where there is rounding only.
        func value(_ sample: RegimeSample, _ least: Double) -> Double {
            let value =
                switch self {
                case .distance: sample.distance
                case .normalDistance: abs(sample.normalDistance)
                case .sharpness: sample.sharpness - least
                }
            return value > floor ? value : .nan
        }

        private var floor: Double { self == .sharpness ? 1e-13 : 1e-12 }
    }

    private func curves(
        _ traces: [Trace], _ quantity: Quantity, _ isShown: (RegimeSample) -> Bool = { _ in true }
    ) -> [Series] {
        traces.map { trace in
            // Both sides of M by turns would fill the panel.
            let samples = trace.measurement.samples.filter {
                isShown($0) && (quantity != .normalDistance || $0.iteration % 2 == 0)
            }
            return Series(
                "start \(trace.number)",
                samples.map { Series.Point(Double($0.iteration), quantity.value($0, minimum.sharpness)) },
                style: trace.number - 1)
        }
    }

    private var subcriticalFigure: Figure {
        let step = prediction(.subcritical).step
        let panels = Quantity.allCases.map { quantity in
            Panel(
                quantity.title, x: Axis("iteration"), y: Axis(quantity.label, log: true),
                curves(subcritical, quantity),
                lines: quantity == .sharpness
                    ? [ReferenceLine(at: 2 / step - minimum.sharpness, "2/eta")] : [])
        }
        return Figure(
            "subcritical",
            caption:
                "Subcritical, eta = \(step.significant()): once lambda is below 2/eta, |s| falls linearly, and d and "
                + "lambda stay where they are, above the flattest minimum.",
            panels: panels, columns: 3, panelWidth: 430, panelHeight: 340)
    }

    private var criticalFigure: Figure {
        let prediction = prediction(.critical)
        let last = critical.first?.measurement.samples.last.map { Double($0.iteration) } ?? 1
        let panels = Quantity.allCases.map { quantity in
            let (factor, exponent): (Double, Double) =
                switch quantity {
                case .distance: (prediction.criticalDistance, -0.5)
                case .normalDistance: (prediction.criticalNormalDistance, -0.5)
                // lambda - lambda* is nu d^2/2 to leading order.
                case .sharpness:
                    (minimum.curvature / 2 * prediction.criticalDistance * prediction.criticalDistance, -1)
                }
            let law = Series(
                "predicted limit",
                [100, last].map { Series.Point($0, factor * (exponent == -1 ? 1 / $0 : 1 / $0.squareRoot())) },
                style: 7, .plainLine)
            return Panel(
                quantity.title, x: Axis("iteration", log: true), y: Axis(quantity.label, log: true),
                curves(critical, quantity) { $0.iteration > 0 } + [law])
        }
        return Figure(
            "critical",
            caption: "Critical, eta = \(prediction.step.significant()) = 2/lambda*: d and |s| fall as t^(-1/2), "
                + "lambda - lambda* as 1/t, with the predicted factors.",
            panels: panels, columns: 3, panelWidth: 430, panelHeight: 340)
    }

    private var supercriticalFigure: Figure {
        let prediction = prediction(.supercritical)
        let panels = Quantity.allCases.map { quantity in
            if quantity == .normalDistance { return alternation(prediction) }
            // The slope, through the first run half way: where it begins is its own affair.
            let law = slope(prediction, quantity).map { [$0] } ?? []
            return Panel(
                quantity.title, x: Axis("iteration"), y: Axis(quantity.label, log: true),
                curves(supercritical, quantity) + law)
        }
        return Figure(
            "supercritical",
            caption:
                "Supercritical, eta = \(prediction.step.significant()): d falls linearly, by the predicted slope to "
                + "leading order in alpha = \(prediction.alpha.significant()), and |s| alternates between the two points "
                + "of the orbit.",
            panels: panels, columns: 3, panelWidth: 430, panelHeight: 340)
    }

    /// Even and odd iterates as curves of their own: one through all of them would fill the panel.
    private func alternation(_ prediction: RegimePrediction) -> Panel {
        let series = supercritical.flatMap { trace in
            [0, 1].map { parity in
                Series(
                    "start \(trace.number)",
                    trace.measurement.samples.filter { $0.iteration % 2 == parity }.map {
                        Series.Point(Double($0.iteration), $0.normalDistance)
                    }, style: trace.number - 1)
            }
        }
        let amplitude = prediction.orbitAmplitude
        return Panel(
            "across M, even and odd iterates", x: Axis("iteration"), y: Axis("s"), series,
            lines: [ReferenceLine(at: amplitude, "sqrt(alpha/c)"), ReferenceLine(at: -amplitude, "-sqrt(alpha/c)")])
    }

    private func slope(_ prediction: RegimePrediction, _ quantity: Quantity) -> Series? {
        guard let trace = supercritical.first,
            let middle = trace.measurement.samples.first(where: { $0.iteration >= 2000 }),
            let last = trace.measurement.samples.last(where: { quantity.value($0, minimum.sharpness).isFinite })
        else { return nil }
        let rate = prediction.decayAlong * (quantity == .sharpness ? 2 : 1)
        let anchor = quantity.value(middle, minimum.sharpness)
        let times = [Double(middle.iteration), Double(last.iteration)]
        // A little above the runs, or nobody would see either.
        let points = times.map { Series.Point($0, 3 * anchor * decay(rate, $0 - times[0])) }
        return Series("predicted slope", points, style: 7, .plainLine)
    }

    private var orbitFigure: Figure {
        let shown = orbits
        let alpha = shown.map(\.prediction.alpha)
        let fine = (0...100).map { 0.45 * Double($0) / 100 }
        let c = { (alpha: Double) in self.minimum.flipCoefficient(step: (2 + alpha) / self.minimum.sharpness) }
        let amplitude = Panel(
            "points of the orbit", x: Axis("alpha = eta lambda* - 2"), y: Axis("s"),
            [
                Series("upper", x: alpha, y: shown.map { $0.measurement.orbit?.upper ?? .nan }, style: 0, .points),
                Series("lower", x: alpha, y: shown.map { $0.measurement.orbit?.lower ?? .nan }, style: 1, .points),
                Series("leading order", x: fine, y: fine.map { ($0 / c($0)).squareRoot() }, style: 7, .plainLine),
                Series("leading order", x: fine, y: fine.map { -($0 / c($0)).squareRoot() }, style: 7, .plainLine),
            ], lines: [ReferenceLine(at: 0, "M")])
        let multiplier = Panel(
            "multiplier of two steps across M", x: Axis("alpha = eta lambda* - 2"), y: Axis("multiplier"),
            [
                Series("measured", x: alpha, y: shown.map(\.multiplier), style: 2, .points),
                Series("leading order", x: fine, y: fine.map { 1 - 4 * $0 }, style: 7, .plainLine),
            ], lines: [ReferenceLine(at: -1, "flip")])
        return Figure(
            "orbit",
            caption: "The orbit of period two at depth 5, y = 1, and how fast it attracts, beside their leading orders "
                + "sqrt(alpha/c) and 1 - 4 alpha; where the multiplier reaches -1 the orbit gives way to one of period four.",
            panels: [amplitude, multiplier], columns: 2)
    }
}

/// exp(-rate t).
private func decay(_ rate: Double, _ time: Double) -> Double {
    var (base, exponent, result) = (1 - rate + rate * rate / 2 - rate * rate * rate / 6, Int(time), 1.0)
    while exponent > 0 {
        if exponent & 1 == 1 { result *= base }
        base *= base
        exponent >>= 1
    }
    return result
}
