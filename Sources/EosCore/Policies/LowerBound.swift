import CEos

/// The smallest value there is, for steps that are proportional to what lies above it (Polyak 1969).
public struct LowerBound: Sendable {
    /// NaN: the objective's own bound.
    let given: Double

    init(_ values: Configuration) throws(EosError) { given = try values.number("lower_bound") }

    /// f less the bound; 0 where they differ by rounding.
    ///
    /// - Throws: `EOS_E_CONFIG` where no bound is known, or where the value is below it.
    func gap(_ iterate: IterateScalars) throws(EosError) -> Double {
        let bound = given.isNaN ? iterate.value_lower_bound : given
        guard !bound.isNaN else {
            throw EosError(
                EOS_E_CONFIG,
                "lower_bound = \"auto\" needs a lower bound of the value, and the objective states none; set "
                    + "policy.lower_bound to a number")
        }
        let gap = iterate.value - bound
        if abs(gap) <= iterate.value_accuracy * max(abs(iterate.value), abs(bound)) { return 0 }
        guard gap >= 0 else {
            throw EosError(
                EOS_E_CONFIG,
                "iteration \(iterate.iteration): the value \(iterate.value) is below the lower bound \(bound), so no "
                    + "step follows from it; set policy.lower_bound to a number below all values")
        }
        return gap
    }
}

extension Parameter {
    static let lowerBound = Parameter(
        "lower_bound", .number, default: "auto", flags: .auto,
        "lower bound of the value; auto means the bound that the objective states")
}
