import ArgumentParser
import EosAnalysis
import EosCore

struct AnalyzePhases: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phases",
        abstract: "Find the phases of a run and where each begins.",
        usage: "eos analyze <run> phases [--every <n>] [--json]",
        discussion: """
            The command uses the recorded losses, steps and measurements of the sharpness (probes.sharpness.every). It \
            distinguishes these phases:

              progressive_sharpening  step * sharpness is below 1.8, and the sharpness rises by
                                      5 % or more (Cohen et al. 2021, arXiv 2103.00065)
              edge_of_stability       step * sharpness is 1.8 or more (the same paper)
              stable_descent          step * sharpness is below 1.8, and the sharpness does not
                                      rise
              flatland                the sharpness is within 6 % of its known lower bound
                                      (Galli et al. 2026, arXiv 2606.06722)
              catapult                the loss rises by a factor of 2 or more and falls again,
                                      and the sharpness is then lower by 5 % or more
                                      (Lewkowycz et al. 2020, arXiv 2003.02218)
              divergence              at the end the loss is not finite, or it still grows and
                                      is at least 10 times the first loss

            The papers name the phases, and eos sets the thresholds. Between two measurements, the median of the steps \
            counts. A single measurement between two of another phase is ignored.

            --json prints one object with these members: run, iterations, measurements, sharpness_bound (null if none \
            is known), thresholds, phases (phase, begin, end, rise), and excursions (every rise of the loss by a \
            factor of 2 or more: begin, top, end, rise).
            """)

    @ParentCommand var analysis: Analyze

    @Option(
        help: ArgumentHelp(
            "Measure the sharpness at every n-th iterate instead of using the recorded values.", valueName: "n"))
    var every: Int?

    func validate() throws {
        if let every, every < 1 { throw ValidationError("--every is \(every); give at least 1") }
    }

    func run() throws {
        let run = try analysis.open()
        let result = try fromUser { () throws(EosError) in try PhaseAnalysis(run, measuringEvery: every) }
        if result.measurements < 2 {
            let known = result.measurements == 0 ? "was not measured" : "was measured only once"
            Console.warning(
                "\(run.directory.id): the sharpness \(known), so phases follow from the loss only; "
                    + "add --every <n> to measure it now")
        }
        let text = PhaseText(result, run: run)
        try Console.print(analysis.json ? text.json.text : text.lines.joined(separator: "\n"))
    }
}
