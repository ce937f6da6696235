import ArgumentParser
import EosAnalysis
import EosCore
import EosRuns

struct AnalyzeThreshold: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "threshold",
        abstract: "Compare a run of mean-model, threshold-network or single-neuron with its threshold.",
        usage: "eos analyze <run> threshold [--json]",
        discussion: """
            The command analyses a run with a constant step eta at its last checkpoint. The terms are those of \
            "Learning threshold neurons via the edge of stability" 2022, arXiv 2212.07469. It needs no records, so \
            telemetry.every may be large.

              mean-model         eta_c = 8 pi / d^2 for b = 0; above it the bias falls until
                                 2 - eta lambda is 3 eta (Phi/g)^2
              threshold-network  the same prediction, which ignores the signal
              single-neuron      eta_c = 2 / (y0^2 - x0^2); below it y^2 - x^2 stays constant;
                                 above it the sharpness falls to 2/eta - eta/(2c), or to what
                                 the exponent of the loss predicts

            --json prints one object with these members: run, model, iteration, step, critical_step, ratio, regime, \
            learned and predicted (the bias or, for single-neuron, the sharpness of the minimum), sharpness, \
            step_sharpness, gap and predicted_gap (2 - eta lambda). A number without a prediction is null.
            """)

    @ParentCommand var analysis: Analyze

    func run() throws {
        let directory = try analysis.directory()
        let result = try fromUser { () throws(EosError) in
            try ThresholdAnalysis(directory, workbench: try Workbench.ofRun(directory, warn: Console.warning))
        }
        let text = ThresholdText(result, run: directory.id)
        try Console.print(analysis.json ? text.json.text : text.lines.joined(separator: "\n"))
    }
}
