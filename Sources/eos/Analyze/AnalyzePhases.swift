import ArgumentParser
import EosAnalysis
import EosCore

struct AnalyzePhases: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phases",
        abstract: "Tell the phases of a run, and where each begins.",
        usage: "eos analyze <run> phases [--every <n>] [--json]",
        discussion: """
            From the recorded losses, steps and measurements of the sharpness (probes.sharpness.every):

              progressive_sharpening  below the edge, and the sharpness rises by 5 % or more (Cohen et al. 2021, arXiv
                                      2103.00065)
              edge_of_stability       step * sharpness is 1.8 or more (the same)
              stable_descent          below the edge, and the sharpness does not rise
              flatland                the sharpness is within 6 % of its known lower bound (Galli et al. 2026, arXiv
                                      2606.06722)
              catapult                the loss rises by a factor of 2 or more and comes down again, where the sharpness is
                                      lower by 5 % or more (Lewkowycz et al. 2020, arXiv 2003.02218)
              divergence              the loss is not finite in the end, or 10 times the first or more, and still grows

            The numbers are ours. Steps count by their median from one measurement to the next; one measurement between \
            two of another kind is passed over.

            --json prints one object: run, iterations, measurements, sharpness_bound (null where none is known), \
            thresholds, phases (phase, begin, end, rise), excursions (every rise of the loss by a factor of 2 or more: \
            begin, top, end, rise).
            """)

    @ParentCommand var analysis: Analyze

    @Option(
        help: ArgumentHelp(
            "Measure the sharpness anew at every n-th iterate, instead of what was recorded.", valueName: "n"))
    var every: Int?

    func validate() throws {
        if let every, every < 1 { throw ValidationError("--every \(every): it must be at least 1") }
    }

    func run() throws {
        let run = try analysis.open()
        let result = try fromUser { () throws(EosError) in try PhaseAnalysis(run, measuringEvery: every) }
        if result.measurements < 2 {
            let known = result.measurements == 0 ? "no sharpness" : "the sharpness once only"
            Console.warning(
                "\(run.directory.id): \(known) was measured, so that only what the loss tells is told; give --every to "
                    + "measure it now")
        }
        let text = PhaseText(result, run: run)
        try Console.print(analysis.json ? text.json.text : text.lines.joined(separator: "\n"))
    }
}
