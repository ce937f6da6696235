import CEos

/// AdGD: min(sqrt(1 + theta) times the last step, |dx|/(2 |dg|)), theta the ratio of the last two steps; dg = 0 keeps
/// the step (Malitsky, Mishchenko 2020, arXiv 1910.09529).
struct AdaptiveGradientDescent: DirectPolicy {
    var identity = PolicyIdentity.none
    /// NaN: small enough not to matter, large enough to move the iterate.
    let firstStep: Double
    let maxStep: Double
    private var step = Double.nan
    private var theta = Double.infinity

    init(firstStep: Double, maxStep: Double) {
        self.firstStep = firstStep
        self.maxStep = maxStep
    }

    var needs: PolicyNeeds { [.secant, .acceptsFirst] }

    mutating func propose(_ iterate: eos_iterate) -> Double {
        guard iterate.iteration > 0, step.isFinite else {
            step = firstStep.isNaN ? Self.smallStep(iterate) : firstStep
            return step
        }
        guard iterate.dg_norm2 > 0 else { return step }
        let local = (iterate.dx_norm2 / iterate.dg_norm2).squareRoot() / 2
        let next = min((1 + theta).squareRoot() * step, local, maxStep)
        theta = next / step
        step = next
        return next
    }

    /// The authors' 1e-10 leaves an iterate in single precision where it is: dg = 0 then keeps the step for ever.
    private static func smallStep(_ iterate: eos_iterate) -> Double { iterate.value_accuracy > 1e-10 ? 1e-4 : 1e-10 }

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
        "adgd", "adaptive gradient descent: half the inverse local smoothness",
        source: "Malitsky, Mishchenko 2020, arXiv 1910.09529",
        [
            Parameter(
                "first_step", .number, default: "auto", range: 1e-300...1e300, flags: .auto,
                "the first step (lambda_0); auto: 1e-10, or 1e-4 in single precision"),
            .maxStep,
        ]
    ) { values throws(EosError) in
        AdaptiveGradientDescent(
            firstStep: try values.number("first_step"), maxStep: try values.number("max_step"))
    }
}
