import EosConformance
import EosJSON
import EosRunModel
import Foundation

extension RunSummary {
    /// A few lines for people.
    var text: String {
        var lines = [
            "\(state.rawValue): \(reason)",
            "loss \(numbers.lossText)  gradient norm \(numbers.text(.gradientNorm))",
            "iterations \(numbers.iteration)  evaluations: \(numbers.evaluationText)",
        ]
        if numbers[.sharpness] != nil {
            lines.append(
                "step \(numbers.text(.step))  sharpness \(numbers.sharpnessText)  "
                    + "step*sharpness \(numbers.text(.stepSharpness))")
        }
        if !metrics.isEmpty {
            lines.append(metrics.map { "\($0.name) \(RunNumbers.text($0.value))" }.joined(separator: "  "))
        }
        lines.append("\(String(format: "%.1f", numbers[.seconds] ?? 0)) s  \(parameters ?? directory)")
        return lines.joined(separator: "\n")
    }
}

extension RunNumbers {
    /// For people: "-" where it is not known.
    static func text(_ value: Double?, isCount: Bool = false) -> String {
        value.map { isCount ? String(format: "%.0f", $0) : ProgressDisplay.short($0) } ?? "-"
    }

    func text(_ column: RunColumn) -> String { Self.text(self[column], isCount: column.kind == .count) }

    var lossText: String { "\(text(.loss)) (best \(text(.bestLoss)), first \(text(.initialLoss)))" }

    var sharpnessText: String {
        "\(text(.sharpness)) +- \(text(.sharpnessResidual))"
            + (self[.sharpnessConverged] == 1 ? "" : " (not converged)")
    }

    var evaluationText: String {
        "\(text(.valueEvaluations)) values, \(text(.gradientEvaluations)) gradients, "
            + "\(text(.curvatureProducts)) curvature products"
    }
}

extension DerivativeCheck {
    var text: String {
        var lines: [String] = []
        for table in tables {
            lines.append(
                "\(table.title): \(table.verdict.rawValue) (smallest error \(ProgressDisplay.short(table.best)))")
            lines.append("  h         error")
            lines += table.rows.map { String(format: "  %-9.3g %.3g", $0.h, $0.error) }
        }
        if !asymmetry.isNaN { lines.append("asymmetry of the curvature: \(ProgressDisplay.short(asymmetry))") }
        return (lines + ["verdict: \(verdict.rawValue)"]).joined(separator: "\n")
    }

    var json: JSONText {
        [
            "verdict": .string(verdict.rawValue), "asymmetry": .number(asymmetry),
            "tables": .array(
                tables.map { table in
                    [
                        "title": .string(table.title), "verdict": .string(table.verdict.rawValue),
                        "error": .number(table.best),
                        "rows": .array(table.rows.map { ["h": .number($0.h), "error": .number($0.error)] }),
                    ]
                }),
        ]
    }
}
