import EosConformance
import EosCore
import EosJSON
import EosRuns
import Foundation

extension RunSummary {
    /// A few lines for people.
    var text: String {
        func short(_ number: Double) -> String { ProgressDisplay.short(number) }
        var lines = [
            "\(state.rawValue): \(reason)",
            "loss \(short(lastLoss)) (best \(short(bestLoss)), first \(short(initialLoss)))  "
                + "gradient norm \(short(gradientNorm))",
            "iterations \(iterations)  evaluations: \(valueEvaluations) values, \(gradientEvaluations) gradients, "
                + "\(curvatureProducts) curvature products",
        ]
        if sharpness.isFinite {
            lines.append(
                "step \(short(step))  sharpness \(short(sharpness)) +- \(short(sharpnessResidual))"
                    + "\(sharpnessConverged ? "" : " (not converged)")  step*sharpness \(short(step * sharpness))")
        }
        if !metrics.isEmpty {
            lines.append(metrics.map { "\($0.name) \(short($0.value))" }.joined(separator: "  "))
        }
        lines.append("\(String(format: "%.1f", seconds)) s  \(parameters ?? directory)")
        return lines.joined(separator: "\n")
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
