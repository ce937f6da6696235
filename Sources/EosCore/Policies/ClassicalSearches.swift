/// Line searches to compare with: Armijo, Grippo-Lampariello-Lucidi and Zhang-Hager, backtracking only, and PoNoS.
extension PolicyKind {
    static let armijo = PolicyKind(
        "armijo", "monotone backtracking from a multiple of the previous step", source: "Armijo 1966",
        [.decrease("0.1"), .shrink("0.9"), .growth, .minStep, .maxStep, .firstStep]
    ) { values throws(EosError) in
        try LineSearch(
            values, start: .previous(growth: try values.number("growth")), reference: .monotone, tracking: .none)
    }

    static let grippoLamparielloLucidi = PolicyKind(
        "gll", "backtracking relative to the largest of the last losses",
        source: "Grippo, Lampariello, Lucidi 1986, SIAM J. Numer. Anal. 23",
        [
            .decrease("1e-4"), .shrink("0.5"), .growth, .minStep, .maxStep, .firstStep,
            Parameter("memory", .integer, default: "10", range: 1...100_000, "number of losses to keep (M)"),
        ]
    ) { values throws(EosError) in
        try LineSearch(
            values, start: .previous(growth: try values.number("growth")),
            reference: .maximum(memory: Int(try values.integer("memory"))), tracking: .none)
    }

    static let zhangHager = PolicyKind(
        "zhang-hager", "backtracking relative to a running mean of losses",
        source: "Zhang, Hager 2004, SIAM J. Optim. 14",
        [.decrease("1e-4"), .shrink("0.5"), .averaging("1"), .growth, .minStep, .maxStep, .firstStep]
    ) { values throws(EosError) in
        try LineSearch(
            values, start: .previous(growth: try values.number("growth")),
            reference: .mean(xi: try values.number("xi")), tracking: .none)
    }

    static let ponos = PolicyKind(
        "ponos", "nonmonotone backtracking from a Polyak step with a resetting counter",
        source: "Galli, Rauhut, Schmidt 2023, arXiv 2306.12747",
        [
            .decrease("0.5"), .shrink("0.5"), .averaging("1"), .polyakDivisor, .lowerBound, .minStep,
            Parameter(
                "max_step", .number, default: "10", range: 1e-300...1e300, flags: .live, "largest first trial"),
        ]
    ) { values throws(EosError) in
        try LineSearch(
            values,
            start: .polyak(c: try values.number("c_p"), resetting: true, bound: try LowerBound(values)),
            reference: .mean(xi: try values.number("xi")), tracking: .none)
    }
}

extension Parameter {
    static let growth = Parameter(
        "growth", .number, default: "2", range: 1...1e6, flags: .live,
        "factor of the first trial, relative to the previous step; above 1, so that steps can grow")
}
