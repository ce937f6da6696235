import ArgumentParser
import EosAnalysis
import EosCore

struct AnalyzeRegime: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regime",
        abstract: "Compare the predicted and the measured regime of a constant step on overparametrised least squares.",
        usage: "eos analyze <run> regime [--samples <n>] [--computed] [--json]",
        discussion: """
            The command analyses a run with a constant step eta on (f - y)^2 / 2 with one residual, such as product \
            and inner-product. The terms are those of MacDonald, Min, Palma, Tarmoun, Xu, Vidal 2025, arXiv \
            2510.17506. M is the set of minima. d is the distance from the projection of an iterate onto M to the \
            flattest minimum, and s is the signed distance of the iterate from M. lambda is the sharpness at the \
            projection, and lambda* is the least sharpness on M.

              subcritical    eta < 2/lambda*: eta lambda falls below 2, and then each step
                             multiplies s by |1 - eta lambda|
              critical       eta = 2/lambda*: d and |s| fall as t^(-1/2)
              supercritical  eta > 2/lambda*: d falls linearly, and s converges to an orbit of
                             period two

            product and inner-product have closed forms of lambda*, nu and c. For other objectives, or with \
            --computed, the command searches for the flattest minimum from the end of the run, and computes all three \
            from differences of gradients.

            --json prints one object with these members: run, iterations, step, regime, origin (closed_form or \
            computed), sharpness, curvature and flip_coefficient (lambda*, nu and c), step_sharpness, alpha, \
            decay_ratio (nu/lambda*), predicted and measured, orbit (upper, lower and multiplier on the normal line of \
            the flattest minimum), and samples (iteration, distance, normal_distance, sharpness).
            """)

    @ParentCommand var analysis: Analyze

    @Option(help: ArgumentHelp("Sample about n pairs of iterates, at equal ratios of iterations.", valueName: "n"))
    var samples = 200

    @Flag(help: "Use no closed forms and no metrics, even if the objective has them.")
    var computed = false

    func validate() throws {
        if !(2...1_000_000).contains(samples) {
            throw ValidationError("--samples is \(samples); give 2 to 1000000")
        }
    }

    func run() throws {
        let run = try analysis.open()
        let result = try fromUser { () throws(EosError) in
            try RegimeAnalysis(run, samples: samples, isComputed: computed)
        }
        let text = RegimeText(result, run: run)
        try Console.print(analysis.json ? text.json.text : text.lines.joined(separator: "\n"))
    }
}
