import EosAnalysis
import EosClient
import EosJSON

/// A large-step analysis for people and for programs.
struct LargeStepText {
    private let analysis: LargeStepAnalysis
    private let run: AnalysedRun
    private let every: Int?
    private let points: Int

    init(_ analysis: LargeStepAnalysis, run: AnalysedRun, every: Int?, points: Int) {
        self.analysis = analysis
        self.run = run
        self.every = every
        self.points = points
    }

    var lines: [String] {
        let samples = analysis.samples
        var lines = [
            "\(run.directory.id): \(run.trajectory.iterations) iterations with \(run.spec.policyName), "
                + "\(samples.count) sampled" + (every.map { ", every \($0)" } ?? ""),
            "delta \(analysis.shrink), c \(analysis.decrease); l sampled at \(points) points of each segment", "",
        ]
        if let share = analysis.rejectedShare {
            lines.append("steps whose neighbour the search rejected   \(percent(share)) of all steps")
        }
        lines.append("steps certified to be large                 \(percent(analysis.certifiedShare)) of the samples")
        if let margin = analysis.leastMargin {
            lines.append("smallest eta l / (2 delta (1 - c))          \(ProgressDisplay.short(margin))")
        } else {
            lines.append("smallest eta l / (2 delta (1 - c))          no neighbour fails the test")
        }
        if let gap = analysis.longestGap {
            lines.append("longest gap between steps with eta l > 2    \(gap) iterations")
        }
        let table = TextTable(
            [TextTable.Column("")]
                + ["least", "median", "largest", "above 1", "above 2"].map { TextTable.Column($0, isNumber: true) },
            rows: quantities.map { name, spread in
                [
                    name, ProgressDisplay.short(spread.least), ProgressDisplay.short(spread.median),
                    ProgressDisplay.short(spread.largest), percent(spread.above1), percent(spread.above2),
                ]
            })
        return lines + [""] + table.lines(width: nil)
    }

    var json: JSONText {
        [
            "run": .string(run.directory.id), "iterations": .integer(run.trajectory.iterations),
            "samples": .integer(analysis.samples.count), "every": every.map { .integer($0) } ?? .null,
            "points": .integer(points), "shrink": .number(analysis.shrink), "decrease": .number(analysis.decrease),
            "rejected_share": analysis.rejectedShare.map { .number($0) } ?? .null,
            "certified_share": .number(analysis.certifiedShare),
            "least_margin": analysis.leastMargin.map { .number($0) } ?? .null,
            "step_smoothness": quantities[0].1.json, "step_sharpness": quantities[1].1.json,
            "longest_gap": analysis.longestGap.map { .integer($0) } ?? .null,
            "steps": .array(analysis.samples.map(describe)),
        ]
    }

    private var quantities: [(String, Spread)] {
        [
            ("eta l(w, eta)", Spread(analysis.samples.map(\.stepSmoothness))),
            ("eta sharpness(w)", Spread(analysis.samples.map(\.stepSharpness))),
        ]
    }

    private func describe(_ sample: LargeStepAnalysis.Sample) -> JSONText {
        [
            "iteration": .integer(sample.iteration), "step": .number(sample.step),
            "smoothness": .number(sample.smoothness), "neighbour_smoothness": .number(sample.neighbourSmoothness),
            "neighbour_fails": .bool(sample.neighbourFails), "neighbour_rejected": .bool(sample.neighbourWasRejected),
            "sharpness": .number(sample.sharpness), "certified": .bool(analysis.isCertified(sample)),
        ]
    }

    private func percent(_ share: Double) -> String { ProgressDisplay.short(100 * share) + " %" }
}

/// Numbers in a few.
private struct Spread {
    let least: Double
    let median: Double
    let largest: Double
    let above1: Double
    let above2: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        least = sorted.first ?? .nan
        largest = sorted.last ?? .nan
        median = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
        above1 = Double(values.count { $0 > 1 }) / Double(values.count)
        above2 = Double(values.count { $0 > 2 }) / Double(values.count)
    }

    var json: JSONText {
        [
            "least": .number(least), "median": .number(median), "largest": .number(largest),
            "share_above_1": .number(above1), "share_above_2": .number(above2),
        ]
    }
}
