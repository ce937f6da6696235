import Glibc

/// The same step always.
struct ConstantStep: StatelessPolicy {
    var identity = PolicyIdentity.none
    let step: Double
    var needs: PolicyNeeds { .acceptsFirst }
    mutating func propose(_ iterate: IterateScalars) -> Double { step }
}

extension PolicyKind {
    static let constant = PolicyKind(
        "constant", "constant step", source: "gradient descent (Cauchy 1847)",
        [
            Parameter(
                "step", .number, range: 1e-300...1e300, flags: [.required, .live], "the step")
        ]
    ) { values throws(EosError) in ConstantStep(step: try values.number("step")) }
}

/// A step that depends on the iteration only (and, for the warm-up, on the cap).
struct Schedule: StatelessPolicy {
    var identity = PolicyIdentity.none
    enum Kind: String {
        /// `start` times `factor` to the power k, then held; with an overshoot it first rises to that, and stays there for
        /// two iterations.
        case warmup
        /// step (1 + cos(pi k/iterations))/2.
        case cosine
        /// step (1 + rho^(v-1)), rho = 1 + sqrt 2, v how often 2 divides k + 1 (Altschuler, Parrilo 2023,
        /// arXiv 2309.16530); step is 1 over the smoothness.
        case silver
    }

    let kind: Kind
    let step: Double
    let start: Double
    let factor: Double
    let hold: Double
    let overshoot: Double
    let cap: Double?
    let iterations: Double

    var needs: PolicyNeeds { .acceptsFirst }

    mutating func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        let k = Double(iterate.iteration)
        switch kind {
        case .warmup:
            let cap = if let cap { cap } else { try knownCap(iterate) }
            let rising = start * pow(factor, k)
            if overshoot > hold {
                let top = overshoot * cap
                if rising <= top { return rising }
                // The top itself is reached, twice, whatever the growth.
                return k < 2 || start * pow(factor, k - 2) < top ? top : hold * cap
            }
            return min(rising, hold * cap)
        case .cosine:
            let share = min(k / iterations, 1)
            // The last step of the schedule is small, not zero: a zero step is none.
            return max(step * (1 + cos(Double.pi * share)) / 2, step * 1e-6)
        case .silver:
            let divisions = (iterate.iteration + 1).trailingZeroBitCount
            return step * (1 + pow(1 + 2.0.squareRoot(), Double(divisions - 1)))
        }
    }
}

extension PolicyKind {
    static let schedule = PolicyKind(
        "schedule", "step that depends only on the iteration: warm-up, cosine or silver",
        source: "warm-up: Galli et al. 2026, arXiv 2606.06722; cosine: Loshchilov, Hutter 2017, arXiv 1608.03983; "
            + "silver: Altschuler, Parrilo 2023, arXiv 2309.16530",
        [
            Parameter(
                "kind", .string, default: "warmup", choices: ["warmup", "cosine", "silver"], "schedule"),
            Parameter(
                "step", .number, default: "1", range: 1e-300...1e300, flags: .live,
                "for cosine, the first step; for silver, the inverse of the smoothness"),
            Parameter(
                "iterations", .integer, default: "1000", range: 1...0x1p62, "for cosine, the number of iterations"),
            Parameter("start", .number, default: "0.0125", range: 1e-300...1e300, "for warmup, the first step"),
            Parameter("factor", .number, default: "1.25", range: 1...1e6, "for warmup, the growth per iteration"),
            Parameter(
                "hold", .number, default: "0.9", range: 1e-6...1e6, "for warmup, the final step as a share of the cap"),
            Parameter(
                "overshoot", .number, default: "0", range: 0...1e6,
                "for warmup, the peak as a share of the cap, before the final step; 0 means no peak"),
            .cap,
        ]
    ) { values throws(EosError) in
        let cap = try values.number("cap")
        return Schedule(
            kind: Schedule.Kind(rawValue: try values.string("kind"))!, step: try values.number("step"),
            start: try values.number("start"), factor: try values.number("factor"), hold: try values.number("hold"),
            overshoot: try values.number("overshoot"), cap: cap.isNaN ? nil : cap,
            iterations: Double(try values.integer("iterations")))
    }
}
