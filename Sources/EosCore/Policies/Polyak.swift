/// Polyak's step (f - lower bound)/G (Polyak 1969).
struct PolyakStep: StatelessPolicy {
    var identity = PolicyIdentity.none
    private let bound: LowerBound
    private let limits: StepLimits

    var needs: PolicyNeeds { .acceptsFirst }

    init(_ bound: LowerBound, _ limits: StepLimits) {
        self.bound = bound
        self.limits = limits
    }

    var lowerBound: LowerBound? { bound }

    mutating func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        limits.clip(iterate.overGradient2(try bound.gap(iterate)))
    }
}

extension PolicyKind {
    static let polyak = PolicyKind(
        "polyak", "Polyak step: loss divided by the squared gradient norm",
        source: "Polyak 1969, USSR Comput. Math. Math. Phys. 9", [.lowerBound, .noMinStep, .noMaxStep]
    ) { values throws(EosError) in
        PolyakStep(try LowerBound(values), try StepLimits(values))
    }
}
