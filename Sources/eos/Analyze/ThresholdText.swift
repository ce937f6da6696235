import EosAnalysis
import EosClient
import EosJSON
import Foundation

/// Where a run stands to its threshold, for people and for programs.
struct ThresholdText {
    private let analysis: ThresholdAnalysis
    private let run: String

    init(_ analysis: ThresholdAnalysis, run: String) {
        self.analysis = analysis
        self.run = run
    }

    private var model: String {
        switch analysis.model {
        case .meanModel: "mean-model"
        case .network: "threshold-network"
        case .neuron: "single-neuron"
        }
    }

    /// What is learned.
    private var quantity: String { if case .neuron = analysis.model { "sharpness of the minimum" } else { "bias" } }

    private var ratio: Double { analysis.step / analysis.criticalStep }

    var lines: [String] {
        let side = analysis.regime == .below ? "below the threshold" : "above the threshold"
        var lines = [
            "\(run): \(side), eta = \(precise(ratio)) eta_c",
            "eta \(analysis.step), eta_c \(precise(analysis.criticalStep)); at iteration \(analysis.iteration)",
            "",
        ]
        let table = TextTable(
            [.init(""), .init("predicted", isNumber: true), .init("measured", isNumber: true)],
            rows: [
                [quantity, analysis.predicted.map(precise) ?? "-", precise(analysis.learned)],
                ["eta lambda", "-", precise(analysis.stepSharpness)],
                ["2 - eta lambda", analysis.predictedGap.map(precise) ?? "-", precise(analysis.gap)],
            ])
        lines += table.lines(width: nil)
        if case .network = analysis.model {
            lines += ["", "the prediction is for the mean model, which ignores the signal; the network drifts further"]
        }
        return lines
    }

    var json: JSONText {
        func number(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }
        return [
            "run": .string(run), "model": .string(model), "iteration": .integer(analysis.iteration),
            "step": .number(analysis.step), "critical_step": .number(analysis.criticalStep), "ratio": .number(ratio),
            "regime": .string(analysis.regime.rawValue), "learned": .number(analysis.learned),
            "predicted": number(analysis.predicted), "sharpness": .number(analysis.sharpness),
            "step_sharpness": .number(analysis.stepSharpness), "gap": .number(analysis.gap),
            "predicted_gap": number(analysis.predictedGap),
        ]
    }

    private func precise(_ number: Double) -> String { String(format: "%.7g", number) }
}
