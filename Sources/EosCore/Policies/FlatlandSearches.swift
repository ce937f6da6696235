/// The searches of "Flatland" (Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026): LS, NLS, NLS-ub and PoNLS.
private let flatland = "Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722"

private let shared: [Parameter] = [.decrease("1e-4"), .shrink("0.5"), .minStep, .maxStep]

extension LineSearch {
    /// From resolved values of the keys in `shared` and, where they are there, `first_step` and `xi`.
    init(
        _ values: Configuration, start: Start, reference: Reference.Kind, tracking: Tracking
    ) throws(EosError) {
        self.init(
            start: start, reference: reference, tracking: tracking, c: try values.number("c"),
            shrink: try values.number("shrink"),
            firstStep: values["first_step"] == nil ? 1 : try values.number("first_step"),
            minStep: try values.number("min_step"),
            maxStep: try values.number("max_step"))
    }
}

extension PolicyKind {
    static let lineSearch = PolicyKind(
        "ls", "monotone line search with equality: large steps that never raise the loss beyond rounding",
        source: flatland,
        shared + [.firstStep]
    ) { values throws(EosError) in
        try LineSearch(values, start: .previous(growth: 1), reference: .monotone, tracking: .repeated)
    }

    static let nonmonotone = PolicyKind(
        "nls", "nonmonotone line search with equality: the main method of the paper", source: flatland,
        shared + [.averaging("1"), .firstStep]
    ) { values throws(EosError) in
        try LineSearch(
            values, start: .previous(growth: 1), reference: .mean(xi: try values.number("xi")), tracking: .repeated)
    }

    static let selfStabilised = PolicyKind(
        "nls-ub", "self-stabilised nonmonotone line search: steps stay below a cap", source: flatland,
        shared + [.averaging("1"), .firstStep, .cap]
    ) { values throws(EosError) in
        let cap = try values.number("cap")
        return try LineSearch(
            values, start: .previous(growth: 1), reference: .mean(xi: try values.number("xi")),
            tracking: .onceBelow(cap: cap.isNaN ? nil : cap))
    }

    static let polyakNonmonotone = PolicyKind(
        "ponls", "nonmonotone backtracking from a Polyak step", source: flatland,
        shared + [.averaging("1"), .polyakDivisor, .lowerBound]
    ) { values throws(EosError) in
        try LineSearch(
            values,
            start: .polyak(c: try values.number("c_p"), resetting: false, bound: try LowerBound(values)),
            reference: .mean(xi: try values.number("xi")), tracking: .none)
    }
}

extension Parameter {
    static let cap = Parameter(
        "cap", .number, default: "auto", range: 1e-300...1e300, flags: [.auto, .live],
        "largest step; auto means 2 over the objective's lower bound of the sharpness")
    static let polyakDivisor = Parameter(
        "c_p", .number, default: "0.1", range: 1e-6...1e6, flags: .live,
        "c_p in the first trial, (f - lower bound) / (c_p |g|^2)")
}
