/// CDAT: sigma G/|<g, H g>|, on the edge (sigma = 2) or slightly above it (Roulet, Agarwala, Grill, Swirszcz, Blondel,
/// Pedregosa 2024, arXiv 2407.06183). Where there is no curvature along g, twice the last step; 1 at the start.
struct CurvatureDynamic: StatelessPolicy {
    var identity = PolicyIdentity.none
    let sigma: Double
    let limits: StepLimits

    var needs: PolicyNeeds { [.curvature, .acceptsFirst] }

    mutating func propose(_ iterate: IterateScalars) -> Double {
        let curvature = abs(iterate.curvature)
        if isOrdinary(square: iterate.gradient_norm2), curvature >= .leastNormalMagnitude, curvature.isFinite {
            return limits.clip(sigma * iterate.gradient_norm2 / curvature)
        }
        // By the quotient, where <g, H g> or <g, g> leaves the range of a double.
        let quotient = abs(iterate.direction_curvature)
        guard quotient > 0 else { return limits.clip(iterate.iteration == 0 ? 1 : 2 * iterate.last_step) }
        return limits.clip(sigma / quotient)
    }
}

extension PolicyKind {
    static let curvatureDynamic = PolicyKind(
        "cdat", "curvature dynamic tuning: sigma over the curvature along the gradient",
        source: "Roulet et al. 2024, arXiv 2407.06183",
        [
            Parameter(
                "sigma", .number, default: "2", range: 1e-6...1e6, flags: .live,
                "2 is at the edge of stability, and 2.06 is slightly above it"),
            .noMinStep, .noMaxStep,
        ]
    ) { values throws(EosError) in
        CurvatureDynamic(sigma: try values.number("sigma"), limits: try StepLimits(values))
    }
}
