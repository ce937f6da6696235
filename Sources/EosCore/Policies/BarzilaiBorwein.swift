import CEos

/// The step of Barzilai and Borwein (1988): <dx, dx>/<dx, dg> (long) or <dx, dg>/<dg, dg> (short).
///
/// Where <dx, dg> <= 0 there is no such step, and the previous one is taken again.
struct BarzilaiBorwein: StatelessPolicy {
    var identity = PolicyIdentity.none
    let long: Bool
    let firstStep: Double
    let minStep: Double
    let maxStep: Double

    var needs: PolicyNeeds { [.secant, .acceptsFirst] }

    mutating func propose(_ iterate: eos_iterate) -> Double {
        guard iterate.iteration > 0 else { return firstStep }
        guard iterate.dx_dg > 0, iterate.dg_norm2 > 0 else { return iterate.last_step }
        let step = long ? iterate.dx_norm2 / iterate.dx_dg : iterate.dx_dg / iterate.dg_norm2
        return min(max(step, minStep), maxStep)
    }
}

extension PolicyKind {
    static let barzilaiBorwein1 = barzilaiBorwein("bb1", "long Barzilai-Borwein step <dx,dx>/<dx,dg>", long: true)
    static let barzilaiBorwein2 = barzilaiBorwein("bb2", "short Barzilai-Borwein step <dx,dg>/<dg,dg>", long: false)

    private static func barzilaiBorwein(_ id: String, _ title: String, long: Bool) -> PolicyKind {
        PolicyKind(
            id, title, source: "Barzilai, Borwein 1988, IMA J. Numer. Anal. 8",
            [
                Parameter(
                    "first_step", .number, default: "1e-3", range: 1e-300...1e300,
                    "the first step, before there are differences"),
                .minStep, .maxStep,
            ]
        ) { values throws(EosError) in
            BarzilaiBorwein(
                long: long, firstStep: try values.number("first_step"), minStep: try values.number("min_step"),
                maxStep: try values.number("max_step"))
        }
    }
}
