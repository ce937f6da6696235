import ArgumentParser
import EosAnalysis
import EosCore

struct AnalyzeLargeSteps: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "large-steps",
        abstract: "Certify that the steps of a run were large.",
        usage: "eos analyze <run> large-steps [--every <n>] [--samples <n>] [--points <n>] [--json]",
        discussion: """
            In the terms of Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722: l(w, eta) is the \
            smoothness along a step eta from w, the largest |grad f(w) - grad f(w - t g)| / (t |g|) for 0 < t <= eta. A \
            step is certified to be large where eta l(w, eta) >= 1, or where its neighbour eta/delta fails the test of \
            sufficient decrease; then eta l(w, eta/delta) >= 2 delta (1 - c), which is the margin that is printed. delta \
            and c are the policy's own, where it has them, else 0.5 and 1e-4.

            l is sampled: it is measured at some of the iterates, at points of the segment and at its limit for t to 0, \
            and closer around the largest. It is never above the true one, so that what is certified holds.

            --json prints one object: run, iterations, samples, every (null where they are spread evenly), points, shrink \
            and decrease (delta and c), rejected_share (of all steps, those whose neighbour the search had tried and \
            rejected; null for other policies), certified_share, least_margin, step_smoothness and step_sharpness (least, \
            median, largest, the shares above 1 and 2), longest_gap (iterations without eta l > 2 among the samples), \
            steps (for each sample iteration, step, smoothness, neighbour_smoothness, neighbour_fails, \
            neighbour_rejected, sharpness, certified).
            """)

    @ParentCommand var analysis: Analyze

    @Option(help: ArgumentHelp("Look at every n-th iterate.", valueName: "n"))
    var every: Int?

    @Option(help: ArgumentHelp("Look at n iterates, spread evenly (the default, 100).", valueName: "n"))
    var samples: Int?

    @Option(help: ArgumentHelp("Points on the segment of a step, 64 or more.", valueName: "n"))
    var points = SegmentSmoothness.leastPoints

    func validate() throws {
        if every != nil, samples != nil {
            throw ValidationError("--every and --samples are both given; drop one of them")
        }
        if let every, every < 1 { throw ValidationError("--every \(every): it must be at least 1") }
        if let samples, samples < 1 { throw ValidationError("--samples \(samples): it must be at least 1") }
        if !(SegmentSmoothness.leastPoints...1_000_000).contains(points) {
            throw ValidationError("--points \(points): it must be \(SegmentSmoothness.leastPoints) to 1000000")
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
