import CEos

/// Polyak's step (f - lower bound)/G (Polyak 1969).
struct PolyakStep: StatelessPolicy {
    var identity = PolicyIdentity.none
    /// NaN: the objective's own bound.
    let lowerBound: Double
    let minStep: Double
    let maxStep: Double

    var needs: PolicyNeeds { .acceptsFirst }

    mutating func propose(_ iterate: eos_iterate) throws(EosError) -> Double {
        let bound = lowerBound.isNaN ? iterate.value_lower_bound : lowerBound
        guard !bound.isNaN else {
            throw EosError(
                EOS_E_CONFIG,
                "lower_bound = \"auto\" is the objective's lower bound, and this objective states none; set "
                    + "policy.lower_bound to a number")
        }
        return min(max((iterate.value - bound) / iterate.gradient_norm2, minStep), maxStep)
    }
}

extension PolicyKind {
    static let polyak = PolicyKind(
        "polyak", "Polyak's step: loss over squared gradient norm",
        source: "Polyak 1969, USSR Comput. Math. Math. Phys. 9",
        [
            Parameter(
                "lower_bound", .number, default: "auto", flags: .auto,
                "the smallest value there is; auto: the objective's own bound"),
            .minStep, .maxStep,
        ]
    ) { values throws(EosError) in
        PolyakStep(
            lowerBound: try values.number("lower_bound"), minStep: try values.number("min_step"),
            maxStep: try values.number("max_step"))
    }
}
