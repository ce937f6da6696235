import EosAnalysis
import EosClient
import EosJSON

/// The phases of a run for people and for programs.
struct PhaseText {
    private let analysis: PhaseAnalysis
    private let run: AnalysedRun

    init(_ analysis: PhaseAnalysis, run: AnalysedRun) {
        self.analysis = analysis
        self.run = run
    }

    var lines: [String] {
        let head =
            "\(run.directory.id): \(run.trajectory.iterations) iterations with \(run.spec.policyName), sharpness "
            + "measured \(analysis.measurements) times"
        let bound = analysis.sharpnessBound.map { "sharpness bound \(ProgressDisplay.short($0))" }
        var lines = [head, bound ?? "no lower bound of the sharpness is known, so flatland can't be detected", ""]
        if analysis.phases.isEmpty {
            lines.append("no phase was found")
        } else {
            let columns = [
                TextTable.Column("phase"), .init("begins", isNumber: true), .init("ends", isNumber: true),
                .init("loss rises", isNumber: true),
            ]
            lines += TextTable(columns, rows: analysis.phases.map(row)).lines(width: nil)
        }
        lines.append("")
        lines.append("\(analysis.excursions.count) rises of the loss by \(analysis.thresholds.catapult) times or more")
        return lines
    }

    private func row(_ phase: Phase) -> [String] {
        [
            phase.kind.rawValue.replacing("_", with: " "), "\(phase.begin)", "\(phase.end)",
            phase.rise.map { "\(ProgressDisplay.short($0)) times" } ?? "",
        ]
    }

    var json: JSONText {
        let thresholds = analysis.thresholds
        return [
            "run": .string(run.directory.id), "iterations": .integer(run.trajectory.iterations),
            "measurements": .integer(analysis.measurements),
            "sharpness_bound": analysis.sharpnessBound.map { .number($0) } ?? .null,
            "thresholds": [
                "edge": .number(thresholds.edge), "flatland": .number(thresholds.flatland),
                "sharpening": .number(thresholds.sharpening), "catapult": .number(thresholds.catapult),
                "divergence": .number(thresholds.divergence),
            ],
            "phases": .array(
                analysis.phases.map {
                    [
                        "phase": .string($0.kind.rawValue), "begin": .integer($0.begin), "end": .integer($0.end),
                        "rise": $0.rise.map { .number($0) } ?? .null,
                    ]
                }),
            "excursions": .array(
                analysis.excursions.map {
                    [
                        "begin": .integer($0.begin), "top": .integer($0.top),
                        "end": $0.end.map { .integer($0) } ?? .null, "rise": .number($0.rise),
                    ]
                }),
        ]
    }
}
