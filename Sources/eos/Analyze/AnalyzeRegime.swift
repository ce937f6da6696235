import ArgumentParser
import EosAnalysis
import EosCore

struct AnalyzeRegime: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regime",
        abstract: "Tell the regime of a constant step on overparametrised least squares, predicted and measured.",
        usage: "eos analyze <run> regime [--samples <n>] [--computed] [--json]",
        discussion: """
            For a run with a constant step eta on (f - y)^2 / 2 with one residual, such as product and inner-product, \
            in the terms of MacDonald, Min, Palma, Tarmoun, Xu, Vidal 2025, arXiv 2510.17506: M are the minima, d is \
            the distance from an iterate's projection onto M to the flattest minimum, s the signed distance across M, \
            lambda the sharpness at the projection, lambda* the least on M.

              subcritical    eta < 2/lambda*: eta lambda falls below 2, then s falls by |1 - eta lambda| a step
              critical       eta = 2/lambda*: d and |s| fall as t^(-1/2)
              supercritical  eta > 2/lambda*: d falls linearly, s comes to an orbit of period two

            lambda*, nu and c are closed forms for product and inner-product; for other objectives, or with --computed, \
            the flattest minimum is searched for from where the run ended, and all of them are differences of gradients.

            --json prints one object: run, iterations, step, regime, origin (closed_form, computed), sharpness, curvature \
            and flip_coefficient (lambda*, nu, c), step_sharpness, alpha, decay_ratio (nu/lambda*), predicted and \
            measured, orbit (upper, lower, multiplier on the normal line of the flattest minimum), samples (iteration, \
            distance, normal_distance, sharpness).
            """)

    @ParentCommand var analysis: Analyze

    @Option(help: ArgumentHelp("Look at about n pairs of iterates, at equal ratios of iterations.", valueName: "n"))
    var samples = 200

    @Flag(help: "Take nothing from closed forms and metrics, even where there are some.")
    var computed = false

    func validate() throws {
        if !(2...1_000_000).contains(samples) {
            throw ValidationError("--samples \(samples): it must be 2 to 1000000")
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
