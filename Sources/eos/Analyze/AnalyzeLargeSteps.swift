import ArgumentParser
import EosAnalysis
import EosCore

struct AnalyzeLargeSteps: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "large-steps",
        abstract: "Certify which steps of a run were large.",
        usage: "eos analyze <run> large-steps [--every <n>] [--samples <n>] [--points <n>] [--json]",
        discussion: """
            The terms are those of Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722. l(w, eta) is the \
            smoothness along a step eta from w: the largest |grad f(w) - grad f(w - t g)| / (t |g|) for 0 < t <= eta. \
            A step is certified to be large if eta l(w, eta) >= 1, or if its neighbour eta/delta fails the test of \
            sufficient decrease. In the second case eta l(w, eta/delta) >= 2 delta (1 - c), and the printed margin \
            compares the two sides. delta and c come from the policy if it has them. Otherwise they are 0.5 and 1e-4.

            l is measured at some iterates, at points on the segment and in the limit t to 0, with more points around \
            the largest value. The measured l never exceeds the true one, so every certificate is valid.

            --json prints one object with these members: run, iterations, samples, every (null if the samples are \
            spread evenly), points, shrink and decrease (delta and c), rejected_share (the share of all steps whose \
            neighbour the search tried and rejected; null for policies without such a search), certified_share, \
            least_margin, step_smoothness and step_sharpness (each with the least, the median, the largest and the \
            shares above 1 and 2), longest_gap (iterations between samples with eta l > 2), and steps (for each \
            sample: iteration, step, smoothness, neighbour_smoothness, neighbour_fails, neighbour_rejected, sharpness, \
            certified).
            """)

    @ParentCommand var analysis: Analyze

    @Option(help: ArgumentHelp("Sample every n-th iterate.", valueName: "n"))
    var every: Int?

    @Option(help: ArgumentHelp("Sample n iterates, spread evenly. This is the default, with n = 100.", valueName: "n"))
    var samples: Int?

    @Option(help: ArgumentHelp("Number of points on the segment of a step, 64 or more.", valueName: "n"))
    var points = SegmentSmoothness.leastPoints

    func validate() throws {
        if every != nil, samples != nil {
            throw ValidationError("--every and --samples exclude each other; remove one")
        }
        if let every, every < 1 { throw ValidationError("--every is \(every); give at least 1") }
        if let samples, samples < 1 { throw ValidationError("--samples is \(samples); give at least 1") }
        if !(SegmentSmoothness.leastPoints...1_000_000).contains(points) {
            throw ValidationError("--points is \(points); give \(SegmentSmoothness.leastPoints) to 1000000")
        }
    }

    func run() throws {
        let run = try analysis.open()
        let last = run.trajectory.iterations - 1
        let times = every.map { SampleTimes.every($0, upTo: last) } ?? SampleTimes.even(samples ?? 100, upTo: last)
        let options = LargeStepAnalysis.Options(
            times: times, points: points, tolerance: run.spec.probes.sharpnessTolerance)
        let result = try fromUser { () throws(EosError) in try LargeStepAnalysis(run, options) }
        let text = LargeStepText(result, run: run, every: every, points: points)
        try Console.print(analysis.json ? text.json.text : text.lines.joined(separator: "\n"))
    }
}
