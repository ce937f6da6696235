import CEos

/// The same step always.
struct ConstantStep: StatelessPolicy {
    var identity = PolicyIdentity.none
    let step: Double
    var needs: PolicyNeeds { .acceptsFirst }
    mutating func propose(_ iterate: IterateScalars) -> Double { step }
}

extension PolicyKind {
    static let constant = PolicyKind(
        "constant", "the same step always", source: "gradient descent (Cauchy 1847)",
        [
            Parameter(
                "step", .number, range: 1e-300...1e300, flags: [.required, .live], "the step")
        ]
    ) { values throws(EosError) in ConstantStep(step: try values.number("step")) }
}
