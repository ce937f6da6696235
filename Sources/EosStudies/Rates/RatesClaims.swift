import EosAnalysis
import EosCore

/// The claims of the paper and ours beside what was measured. Where an experiment broke, nothing is decided.
extension RatesTraces {
    func subcriticalClaims() throws(EosError) -> [Claim] {
        let prediction = prediction(.subcritical)
        let crossings = subcritical.compactMap { $0.measurement.belowTheEdge.map(Double.init) }
        let ratios = subcritical.map { $0.measurement.convergenceFactor }
        let expected = subcritical.map {
            prediction.convergenceFactor(sharpness: $0.measurement.samples.last?.sharpness ?? .nan)
        }
        let worst = zip(ratios, expected).map { deviation($0, $1) }
        let ends = subcritical.compactMap(\.measurement.samples.last?.sharpness)
        let starts = subcritical.compactMap(\.measurement.samples.first?.sharpness)
        let isBetween = zip(starts, ends).allSatisfy { $1 < $0 && $1 > minimum.sharpness * 1.001 }
        return [
            Claim(
                "Subcritical (eta < 2/lambda*): after a finite time eta lambda < 2.", from: .paper,
                measured: "eta = 0.39, five initialisations: from iteration \(range(crossings)) on",
                agrees: decide(subcritical, crossings.count == subcritical.count)),
            Claim(
                "Then convergence is linear, by the factor |1 - eta lambda_inf| a step.", from: .paper,
                measured: "factors \(range(ratios.compactMap { $0 }, 6)), predicted \(range(expected, 6)); largest "
                    + "relative deviation \((worst.max() ?? .nan).significant(2))",
                agrees: decide(subcritical, worst.allSatisfy { $0 < 1e-4 })),
            Claim(
                "The minimum is flatter than where it started, but not the flattest.", from: .paper,
                measured:
                    "lambda from \(range(starts)) to \(range(ends)); lambda* = \(minimum.sharpness.significant())",
                agrees: decide(subcritical, isBetween)),
        ]
    }

    func criticalClaims() throws(EosError) -> [Claim] {
        let prediction = prediction(.critical)
        let slopes = critical.compactMap { $0.measurement.distanceSlope?.slope }
        let normal = critical.compactMap { $0.measurement.normalSlope?.slope }
        let limits = critical.compactMap { $0.measurement.distanceLimit }
        let normalLimits = critical.compactMap { $0.measurement.normalDistanceLimit }
        let isHalf =
            slopes.count + normal.count == 2 * critical.count
            && (slopes + normal).allSatisfy { abs($0 + 0.5) < 0.02 }
        let others = try others()
        let deviations = others.flatMap {
            [
                deviation($0.measurement.distanceLimit, $0.prediction.criticalDistance),
                deviation($0.measurement.normalDistanceLimit, $0.prediction.criticalNormalDistance),
            ]
        }
        return [
            Claim(
                "Critical (eta = 2/lambda*): both distances fall as t^(-1/2), to the flattest minimum.", from: .paper,
                measured: "slopes of log d \(range(slopes)), of log |s| \(range(normal)), fitted from iteration 10,000",
                agrees: decide(critical, isHalf)),
            Claim(
                "d sqrt(t) goes to sqrt((c - a)/(2 a^2)), \(prediction.criticalDistance.significant(5)) here.",
                from: .ours, measured: "\(range(limits, 5)), extrapolated",
                agrees: decide(critical, near(limits, prediction.criticalDistance, 0.005, critical.count))),
            Claim(
                "|s| sqrt(t) goes to 1/sqrt(2 a), \(prediction.criticalNormalDistance.significant(5)) here.",
                from: .ours, measured: "\(range(normalLimits, 5)), extrapolated",
                agrees: decide(critical, near(normalLimits, prediction.criticalNormalDistance, 0.005, critical.count))),
            Claim(
                "Both limits hold for other depths and targets, and for an inner product.", from: .ours,
                measured: "\(others.count) problems, largest relative deviation "
                    + (deviations.max() ?? .nan).significant(2),
                agrees: others.count == RatesProblem.others.count ? deviations.allSatisfy { $0 < 0.01 } : nil),
        ]
    }

    func supercriticalClaims() throws(EosError) -> [Claim] {
        let prediction = prediction(.supercritical)
        let alpha = prediction.alpha
        let amplitudes = supercritical.compactMap { $0.measurement.lastAmplitude }
        let decays = supercritical.compactMap { $0.measurement.decayAlong }
        let multipliers = supercritical.map(\.multiplier)
        let isOrbit = supercritical.allSatisfy { $0.measurement.orbit != nil }
        let sides = supercritical.compactMap { $0.measurement.orbit }
        let last = supercritical.compactMap { $0.measurement.samples.last?.distance }
        let small = orbits.filter { $0.prediction.alpha < 0.11 }
        let orders = small.map {
            deviation($0.measurement.lastAmplitude, $0.prediction.orbitAmplitude) / $0.prediction.alpha
        }
        return [
            Claim(
                "Supercritical (eta slightly above 2/lambda*): convergence to an orbit of period two across M at the "
                    + "flattest minimum.", from: .paper,
                measured:
                    "eta = 0.41: s = \(range(sides.map(\.upper), 4)) and \(range(sides.map(\.lower), 4)); d is down "
                    + "to \(range(last, 2))",
                agrees: decide(supercritical, isOrbit && last.allSatisfy { $0 < 1e-4 })),
            Claim(
                "The convergence along M is linear, by alpha nu/(c lambda*) a step to leading order.", from: .ours,
                measured: "log d falls by \(range(decays)) a step, predicted \(prediction.decayAlong.significant(4))",
                agrees: decide(supercritical, near(decays, prediction.decayAlong, 2 * alpha, supercritical.count))),
            Claim(
                "|s| is about sqrt(alpha/c).", from: .paper,
                measured:
                    "amplitude \(range(amplitudes)), predicted \(prediction.orbitAmplitude.significant(4)); for alpha "
                    + "up to 0.1 the relative deviation is \(range(orders, 2)) times alpha",
                agrees: decide(supercritical, near(amplitudes, prediction.orbitAmplitude, alpha, supercritical.count))),
            Claim(
                "The multiplier of two steps across M is 1 - 4 alpha to leading order.", from: .ours,
                measured: "\(range(multipliers, 5)), predicted \(prediction.twoStepMultiplier.significant(5))",
                agrees: decide(
                    supercritical,
                    multipliers.allSatisfy { abs($0 - prediction.twoStepMultiplier) < 2 * alpha * alpha })),
        ]
    }

    func constantClaims() throws(EosError) -> [Claim] {
        let rows = try constants()
        let worst = rows.flatMap { row in
            [
                deviation(row.sharpness, row.minimum.sharpness), deviation(row.curvature, row.minimum.curvature),
                deviation(row.flip, row.minimum.flipCoefficient(step: 2 / row.minimum.sharpness)),
            ]
        }
        return [
            Claim(
                "lambda* = p y^(2-2/p) and nu = 4 y^(2-4/p) for a product, and with them "
                    + "c = 4 (p-1)(5p-4)/(3p) y^(-2/p).", from: .ours,
                measured:
                    "searched for and differenced from values and gradients, \(rows.count) problems with an inner "
                    + "product among them: largest relative deviation \((worst.max() ?? .nan).significant(2))",
                agrees: rows.count == RatesProblem.others.count ? worst.allSatisfy { $0 < 1e-5 } : nil)
        ]
    }

    struct Constants {
        let problem: RatesProblem
        let minimum: FlattestMinimum
        let sharpness: Double
        let curvature: Double
        let flip: Double
    }

    func constants() throws(EosError) -> [Constants] {
        var rows: [Constants] = []
        for problem in RatesProblem.others {
            guard let numbers = results.numbers("constants-\(problem.key)"),
                let sharpness = numbers["sharpness"]?.first,
                let curvature = numbers["curvature"]?.first, let flip = numbers["flip_coefficient"]?.first
            else { continue }
            rows.append(
                Constants(
                    problem: problem, minimum: try problem.minimum(), sharpness: sharpness, curvature: curvature,
                    flip: flip))
        }
        return rows
    }

    /// Nothing is decided unless every initialisation gave its numbers.
    private func decide(_ traces: [Trace], _ holds: Bool) -> Bool? {
        traces.count == RatesStudy.starts.count ? holds : nil
    }

    private func near(_ values: [Double], _ expected: Double, _ tolerance: Double, _ count: Int) -> Bool {
        values.count == count && values.allSatisfy { deviation($0, expected) < tolerance }
    }
}
