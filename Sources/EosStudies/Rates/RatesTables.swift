import EosAnalysis
import EosCore

extension RatesTraces {
    func regimeTable() throws(EosError) -> Table {
        var table = Table(
            "regimes", title: "Depth 5, y = 1: where the runs begin and end",
            columns: [
                "regime", "eta", "start", "t", "d at 0", "lambda at 0", "d at t", "s at t", "lambda - lambda* at t",
            ].map { Table.Column($0) })
        for (regime, traces) in [
            (RegimePrediction.Regime.subcritical, subcritical), (.critical, critical), (.supercritical, supercritical),
        ] {
            for trace in traces {
                guard let first = trace.measurement.samples.first, let last = trace.measurement.samples.last else {
                    continue
                }
                table.append([
                    .text(regime.rawValue), .number(trace.measurement.step), .integer(trace.number),
                    .integer(last.iteration), .number(first.distance, digits: 4), .number(first.sharpness, digits: 5),
                    .number(last.distance, digits: 4), .number(last.normalDistance, digits: 4),
                    .number(last.sharpness - minimum.sharpness, digits: 4),
                ])
            }
        }
        return table
    }

    func orbitTable() throws(EosError) -> Table {
        var table = Table(
            "orbit", title: "Supercritical: the orbit at several alpha, depth 5, y = 1",
            columns: [
                "alpha", "amplitude", "sqrt(alpha/c)", "upper s", "lower s", "multiplier", "1 - 4 alpha",
                "fall of log d",
                "alpha nu/(c lambda*)",
            ].map { Table.Column($0) })
        for orbit in orbits {
            let sides = orbit.measurement.orbit
            table.append([
                .number(orbit.prediction.alpha), .number(orbit.measurement.lastAmplitude ?? .nan, digits: 4),
                .number(orbit.prediction.orbitAmplitude, digits: 4), .number(sides?.upper ?? .nan, digits: 4),
                .number(sides?.lower ?? .nan, digits: 4), .number(orbit.multiplier, digits: 4),
                .number(orbit.prediction.twoStepMultiplier, digits: 4),
                .number(orbit.measurement.decayAlong ?? .nan, digits: 4),
                .number(orbit.prediction.decayAlong, digits: 4),
            ])
        }
        return table
    }

    func otherTable() throws(EosError) -> Table {
        var table = Table(
            "critical", title: "Critical: limits for other depths, targets and an inner product",
            columns: [
                "problem", "eta", "t", "d sqrt(t)", "its limit", "predicted", "|s| sqrt(t)", "its limit ", "predicted ",
            ].map { Table.Column($0) })
        for other in try others() {
            table.append([
                .text(other.problem.title), .number(other.prediction.step, digits: 5),
                .integer(other.measurement.samples.last?.iteration ?? 0),
                .number(other.measurement.lastScaledDistance ?? .nan, digits: 4),
                .number(other.measurement.distanceLimit ?? .nan, digits: 4),
                .number(other.prediction.criticalDistance, digits: 4),
                .number(other.measurement.lastScaledNormalDistance ?? .nan, digits: 4),
                .number(other.measurement.normalDistanceLimit ?? .nan, digits: 4),
                .number(other.prediction.criticalNormalDistance, digits: 4),
            ])
        }
        return table
    }

    func constantTable() throws(EosError) -> Table {
        var table = Table(
            "constants", title: "Constants of the flattest minimum, in closed form and from values and gradients",
            columns: ["problem", "lambda*", "found", "nu", "found ", "c", "found  "].map { Table.Column($0) })
        for row in try constants() {
            table.append([
                .text(row.problem.title), .number(row.minimum.sharpness, digits: 7), .number(row.sharpness, digits: 7),
                .number(row.minimum.curvature, digits: 7), .number(row.curvature, digits: 7),
                .number(row.minimum.flipCoefficient(step: 2 / row.minimum.sharpness), digits: 7),
                .number(row.flip, digits: 7),
            ])
        }
        return table
    }
}
