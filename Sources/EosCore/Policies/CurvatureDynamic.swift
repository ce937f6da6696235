import CEos

/// CDAT: sigma G/|<g, H g>|, on the edge (sigma = 2) or slightly above it (Roulet, Agarwala, Grill, Swirszcz, Blondel,
/// Pedregosa 2024, arXiv 2407.06183).
struct CurvatureDynamic: StatelessPolicy {
    var identity = PolicyIdentity.none
    let sigma: Double
    let minStep: Double
    let maxStep: Double

    var needs: PolicyNeeds { [.curvature, .acceptsFirst] }

    mutating func propose(_ iterate: eos_iterate) -> Double {
        let curvature = abs(iterate.curvature)
        guard curvature > 0 else { return maxStep }
        return min(max(sigma * iterate.gradient_norm2 / curvature, minStep), maxStep)
    }
}

extension PolicyKind {
    static let curvatureDynamic = PolicyKind(
        "cdat", "curvature dynamic tuning: sigma over the curvature along the gradient",
        source: "Roulet et al. 2024, arXiv 2407.06183",
        [
            Parameter(
                "sigma", .number, default: "2", range: 1e-6...1e6, flags: .live,
                "2: on the edge of stability; 2.06: slightly above"),
            .minStep, .maxStep,
        ]
    ) { values throws(EosError) in
        CurvatureDynamic(
            sigma: try values.number("sigma"), minStep: try values.number("min_step"),
            maxStep: try values.number("max_step"))
    }
}
