import EosAnalysis
import EosCore

/// MacDonald, Min, Palma, Tarmoun, Xu, Vidal: "Convergence Rates for Gradient Descent on the Edge of Stability in
/// Overparametrised Least Squares", 2025, arXiv 2510.17506.
struct RatesStudy: Study {
    let name = "rates"
    let title = "Convergence Rates for Gradient Descent on the Edge of Stability in Overparametrised Least Squares"
    let citation = "MacDonald, Min, Palma, Tarmoun, Xu, Vidal, 2025, arXiv 2510.17506"
    let summary =
        "Gradient descent with a constant step eta on (f - y)^2 / 2, where f is a product of p numbers or an inner product. "
        + "M are the minima, lambda the sharpness on M, lambda* the least, d the distance along M to the flattest minimum "
        + "and s the signed distance across M."

    func minutes(_ scale: Scale) -> Double { scale.pick(quick: 0.1, full: 0.2) }

    /// The regimes of the paper's figures 2 to 4, at depth 5 and y = 1, where 2/lambda* = 0.4.
    static let regimes: [(regime: RegimePrediction.Regime, step: Double)] = [
        (.subcritical, 0.39), (.critical, 0.4), (.supercritical, 0.41),
    ]

    /// The paper's own are not known to us. All begin above the edge for each of the three steps.
    static let starts: [[Double]] = [
        [1.3, 1, 0.8, 1.1, 0.9], [1.2, 1.2, 0.75, 1, 0.95], [1.4, 0.8, 1, 0.95, 0.9], [1.05, 1.25, 0.85, 0.8, 1.15],
        [0.7, 1.1, 1.15, 1.2, 0.9],
    ]

    /// Values of alpha = eta lambda* - 2 at which the orbit is looked at.
    static func alphas(_ scale: Scale) -> [Double] {
        scale.pick(
            quick: [0.005, 0.02, 0.05, 0.1, 0.2, 0.4],
            full: [0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.45])
    }

    func experiments(_ scale: Scale) throws(EosError) -> [Experiment] {
        var all: [Experiment] = []
        for (regime, step) in Self.regimes {
            let iterations = Self.iterations(regime, scale)
            for (index, start) in Self.starts.enumerated() {
                all.append(
                    RatesExperiment.trace(
                        "\(regime.rawValue)-\(index + 1)", RatesProblem.product(start, target: 1), step: step,
                        iterations: iterations))
            }
        }
        for problem in RatesProblem.others {
            let iterations = scale.pick(quick: 200_000, full: 4_000_000)
            let step = 2 / (try problem.minimum()).sharpness
            all.append(RatesExperiment.trace("critical-\(problem.key)", problem, step: step, iterations: iterations))
            all.append(RatesExperiment.constants("constants-\(problem.key)", problem))
        }
        for alpha in Self.alphas(scale) {
            all.append(
                RatesExperiment.trace(
                    "orbit-\(alpha)", RatesProblem.product(Self.starts[0], target: 1), step: (2 + alpha) / 5,
                    iterations: Int(300 / alpha) + 2000))
        }
        return all
    }

    /// As long as it takes for what is claimed to show.
    static func iterations(_ regime: RegimePrediction.Regime, _ scale: Scale) -> Int {
        switch regime {
        case .subcritical: 8000
        case .critical: scale.pick(quick: 400_000, full: 10_000_000)
        case .supercritical: 8000
        }
    }

    func report(_ results: Results, _ scale: Scale) throws(EosError) -> StudyReport {
        let traces = try RatesTraces(results, scale)
        var claims = try traces.subcriticalClaims() + traces.criticalClaims()
        claims += try traces.supercriticalClaims() + traces.constantClaims()
        let decided = claims.filter { $0.agrees != nil }
        let agreeing = decided.count { $0.agrees == true }
        return StudyReport(
            summary: "\(agreeing) of \(decided.count) claims that could be decided agree with what was measured.",
            claims: claims,
            tables: try [traces.regimeTable(), traces.orbitTable(), traces.otherTable(), traces.constantTable()],
            figures: try traces.figures(),
            differences: [
                "The paper's step sizes and initialisations are not known to us: steps are 0.39, 0.4 and 0.41 around "
                    + "2/lambda* = 0.4, and the five initialisations are ours.",
                "c, the limits of the critical regime, the decay along M and the multiplier are derived here, not quoted.",
            ],
            limits: [
                "What is left of the critical limits at iteration t falls as t^(-1/2) only, so that slopes and limits are "
                    + "read from iteration 10,000 on, the limits extrapolated from the last quarter.",
                "Predictions of the supercritical regime are leading orders in alpha = eta lambda* - 2.",
            ])
    }
}
