/// The step of Barzilai and Borwein (1988): <dx, dx>/<dx, dg> (long) or <dx, dg>/<dg, dg> (short).
///
/// Where <dx, dg> <= 0 there is no such step, and the previous one is taken again.
struct BarzilaiBorwein: StatelessPolicy {
    var identity = PolicyIdentity.none
    let long: Bool
    /// NaN: `usualFirst`, where that moves the point.
    let firstStep: Double
    let limits: StepLimits

    private static let usualFirst = 1e-3

    var needs: PolicyNeeds { [.secant, .acceptsFirst] }

    mutating func propose(_ iterate: IterateScalars) -> Double {
        guard iterate.iteration > 0 else {
            return firstStep.isNaN ? limits.clip(iterate.firstStep(Self.usualFirst)) : firstStep
        }
        guard iterate.dg_norm > 0, iterate.dx_norm > 0 else { return iterate.last_step }
        if abs(iterate.dx_dg) < .leastNormalMagnitude, iterate.dx_norm * iterate.dg_norm < .leastNormalMagnitude {
            // The product is too small for a double: what lies between the long and the short step.
            return limits.clip(iterate.dx_norm / iterate.dg_norm)
        }
        guard iterate.dx_dg > 0 else { return iterate.last_step }
        return limits.clip(long ? longStep(iterate) : shortStep(iterate))
    }

    // By norms where squares leave the range of a double.
    private func longStep(_ iterate: IterateScalars) -> Double {
        isOrdinary(square: iterate.dx_norm2)
            ? iterate.dx_norm2 / iterate.dx_dg : iterate.dx_norm / iterate.dx_dg * iterate.dx_norm
    }

    private func shortStep(_ iterate: IterateScalars) -> Double {
        isOrdinary(square: iterate.dg_norm2)
            ? iterate.dx_dg / iterate.dg_norm2 : iterate.dx_dg / iterate.dg_norm / iterate.dg_norm
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
                    "first_step", .number, default: "auto", range: 1e-300...1e300, flags: .auto,
                    "first step, before differences exist; auto means 1e-3, or a step that changes the point measurably"
                ),
                .noMinStep, .noMaxStep,
            ]
        ) { values throws(EosError) in
            BarzilaiBorwein(
                long: long, firstStep: try values.number("first_step"), limits: try StepLimits(values))
        }
    }
}
