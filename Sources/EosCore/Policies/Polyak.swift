import CEos

/// Polyak's step (f - lower bound)/G (Polyak 1969).
struct PolyakStep: StatelessPolicy {
    var identity = PolicyIdentity.none
    let lowerBound: LowerBound
    let limits: StepLimits

    var needs: PolicyNeeds { .acceptsFirst }

    func isAtBound(_ iterate: eos_iterate) throws(EosError) -> Bool { try lowerBound.gap(iterate) == 0 }

    mutating func propose(_ iterate: eos_iterate) throws(EosError) -> Double {
        limits.clip(iterate.overGradient2(try lowerBound.gap(iterate)))
    }
}

extension PolicyKind {
    static let polyak = PolicyKind(
        "polyak", "Polyak's step: loss over squared gradient norm",
        source: "Polyak 1969, USSR Comput. Math. Math. Phys. 9", [.lowerBound, .noMinStep, .noMaxStep]
    ) { values throws(EosError) in
        PolyakStep(lowerBound: try LowerBound(values), limits: try StepLimits(values))
    }
}
