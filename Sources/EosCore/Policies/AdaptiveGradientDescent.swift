/// AdGD: min(sqrt(1 + theta) times the last step, |dx|/(2 |dg|)), theta the ratio of the last two steps; dg = 0 keeps
/// the step (Malitsky, Mishchenko 2020, arXiv 1910.09529).
struct AdaptiveGradientDescent: DirectPolicy {
    var identity = PolicyIdentity.none
    /// NaN: the authors' 1e-10, where that moves the iterate. Where it does not, dg = 0 keeps the step for ever.
    let firstStep: Double
    let limits: StepLimits
    private var step = Double.nan
    private var theta = Double.infinity

    private static let usualFirst = 1e-10

    init(firstStep: Double, limits: StepLimits) {
        self.firstStep = firstStep
        self.limits = limits
    }

    var needs: PolicyNeeds { [.secant, .acceptsFirst] }

    mutating func propose(_ iterate: IterateScalars) -> Double {
        guard iterate.iteration > 0, step.isFinite else {
            step = firstStep.isNaN ? limits.clip(iterate.firstStep(Self.usualFirst)) : firstStep
            return step
        }
        guard iterate.dg_norm > 0 else { return step }
        let next = limits.clip(min((1 + theta).squareRoot() * step, Self.inverseSmoothness(iterate) / 2))
        theta = next / step
        step = next
        return next
    }

    /// |dx|/|dg|. Both squares may be in range where their ratio, a squared step, is not.
    private static func inverseSmoothness(_ iterate: IterateScalars) -> Double {
        let square = iterate.dx_norm2 / iterate.dg_norm2
        let areOrdinary = isOrdinary(square: iterate.dx_norm2) && isOrdinary(square: iterate.dg_norm2)
        return areOrdinary && isOrdinary(square: square)
            ? square.squareRoot() : iterate.dx_norm / iterate.dg_norm
    }

    mutating func reset() {
        step = .nan
        theta = .infinity
    }

    func save() -> [UInt8] {
        var encoder = StateEncoder()
        encoder.encode(step)
        encoder.encode(theta)
        return encoder.bytes
    }

    mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        var decoder = StateDecoder(state)
        let numbers = (try decoder.double(), try decoder.double())
        try decoder.finish()
        (step, theta) = numbers
    }
}

extension PolicyKind {
    static let adaptive = PolicyKind(
        "adgd", "adaptive gradient descent: half the inverse of the local smoothness",
        source: "Malitsky, Mishchenko 2020, arXiv 1910.09529",
        [
            Parameter(
                "first_step", .number, default: "auto", range: 1e-300...1e300, flags: .auto,
                "first step (lambda_0); auto means 1e-10, or a step that changes the point measurably"),
            .noMinStep, .noMaxStep,
        ]
    ) { values throws(EosError) in
        AdaptiveGradientDescent(
            firstStep: try values.number("first_step"), limits: try StepLimits(values))
    }
}
