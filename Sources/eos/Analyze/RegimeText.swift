import EosAnalysis
import EosClient
import EosJSON
import Foundation

/// The regime of a run for people and for programs.
struct RegimeText {
    private let analysis: RegimeAnalysis
    private let run: AnalysedRun

    init(_ analysis: RegimeAnalysis, run: AnalysedRun) {
        self.analysis = analysis
        self.run = run
    }

    /// A quantity of the regime; nil: not known, or not seen in a run of this length.
    private struct Quantity {
        let title: String
        let key: String
        var predicted: Double?
        var measured: Double?
    }

    private var prediction: RegimePrediction { analysis.prediction }
    private var measurement: RegimeMeasurement { analysis.measurement }
    private var stepSharpness: Double { prediction.step * analysis.minimum.sharpness }

    var lines: [String] {
        let origin = analysis.origin == .closedForm ? "closed form" : "computed"
        var lines = [
            "\(run.directory.id): \(prediction.regime.rawValue), eta lambda* = \(precise(stepSharpness))",
            "eta \(prediction.step); lambda* \(precise(analysis.minimum.sharpness)), "
                + "nu \(precise(analysis.minimum.curvature)), c \(precise(prediction.flipCoefficient)) (\(origin))",
            "",
        ]
        let places = TextTable(
            ["iteration", "d", "s", "lambda - lambda*", "eta lambda"].map { .init($0, isNumber: true) },
            rows: shown.map {
                [
                    "\($0.iteration)", short($0.distance), short($0.normalDistance),
                    short($0.sharpness - analysis.minimum.sharpness), precise(prediction.step * $0.sharpness),
                ]
            })
        lines += places.lines(width: nil) + [""]
        let table = TextTable(
            [.init(""), .init("predicted", isNumber: true), .init("measured", isNumber: true)],
            rows: quantities.map { [$0.title, $0.predicted.map(precise) ?? "-", $0.measured.map(precise) ?? "-"] })
        lines += table.lines(width: nil)
        if prediction.regime == .critical, measurement.distanceSlope == nil {
            lines += [
                "", "the run is too short to fit slopes, which begins at iteration \(RegimeMeasurement.firstFitted)",
            ]
        }
        return lines
    }

    /// The first, the last and a few at equal ratios between.
    private var shown: [RegimeSample] {
        let samples = measurement.samples
        guard samples.count > 8 else { return samples }
        return (0...7).map { samples[$0 * (samples.count - 1) / 7] }
    }

    private var quantities: [Quantity] {
        switch prediction.regime {
        case .subcritical:
            let sharpness = measurement.samples.last?.sharpness
            return [
                Quantity(
                    title: "below the edge by iteration", key: "below_the_edge",
                    measured: measurement.belowTheEdge.map(Double.init)),
                Quantity(title: "last lambda", key: "last_sharpness", measured: sharpness),
                Quantity(
                    title: "factor of |s| per step", key: "convergence_factor",
                    predicted: sharpness.map(prediction.convergenceFactor), measured: measurement.convergenceFactor),
            ]
        case .critical:
            return [
                Quantity(
                    title: "slope of log d", key: "distance_slope", predicted: -0.5,
                    measured: measurement.distanceSlope?.slope),
                Quantity(
                    title: "slope of log |s|", key: "normal_slope", predicted: -0.5,
                    measured: measurement.normalSlope?.slope),
                Quantity(
                    title: "d sqrt(t) at the end", key: "scaled_distance", measured: measurement.lastScaledDistance),
                Quantity(
                    title: "its limit", key: "distance_limit", predicted: prediction.criticalDistance,
                    measured: measurement.distanceLimit),
                Quantity(
                    title: "|s| sqrt(t) at the end", key: "scaled_normal_distance",
                    measured: measurement.lastScaledNormalDistance),
                Quantity(
                    title: "its limit", key: "normal_distance_limit", predicted: prediction.criticalNormalDistance,
                    measured: measurement.normalDistanceLimit),
            ]
        case .supercritical:
            return [
                Quantity(
                    title: "amplitude of s, sqrt(alpha/c)", key: "amplitude", predicted: prediction.orbitAmplitude,
                    measured: measurement.lastAmplitude),
                Quantity(
                    title: "upper s of the orbit", key: "upper", predicted: analysis.orbit?.upper,
                    measured: measurement.orbit?.upper),
                Quantity(
                    title: "lower s of the orbit", key: "lower", predicted: analysis.orbit?.lower,
                    measured: measurement.orbit?.lower),
                Quantity(
                    title: "multiplier of two steps, 1 - 4 alpha", key: "two_step_multiplier",
                    predicted: prediction.twoStepMultiplier, measured: analysis.twoStepMultiplier),
                Quantity(
                    title: "fall of log d per step", key: "decay_along", predicted: prediction.decayAlong,
                    measured: measurement.decayAlong),
            ]
        }
    }

    var json: JSONText {
        func members(_ value: (Quantity) -> Double?) -> JSONText {
            .object(quantities.map { quantity in (quantity.key, value(quantity).map { .number($0) } ?? .null) })
        }
        return [
            "run": .string(run.directory.id), "iterations": .integer(run.trajectory.iterations),
            "step": .number(prediction.step), "regime": .string(prediction.regime.rawValue),
            "origin": .string(analysis.origin.rawValue), "sharpness": .number(analysis.minimum.sharpness),
            "curvature": .number(analysis.minimum.curvature),
            "flip_coefficient": .number(prediction.flipCoefficient), "step_sharpness": .number(stepSharpness),
            "alpha": .number(prediction.alpha), "decay_ratio": .number(prediction.decayRatio),
            "predicted": members(\.predicted), "measured": members(\.measured),
            "orbit": analysis.orbit.map { orbit in
                [
                    "upper": .number(orbit.upper), "lower": .number(orbit.lower),
                    "multiplier": .number(orbit.multiplier),
                ]
            } ?? .null,
            "samples": .array(
                measurement.samples.map {
                    [
                        "iteration": .integer($0.iteration), "distance": .number($0.distance),
                        "normal_distance": .number($0.normalDistance), "sharpness": .number($0.sharpness),
                    ]
                }),
        ]
    }

    private func short(_ number: Double) -> String { ProgressDisplay.short(number) }
    /// Enough digits to see how near a prediction is.
    private func precise(_ number: Double) -> String { String(format: "%.7g", number) }
}
