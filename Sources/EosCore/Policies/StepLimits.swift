/// The least update of a point that counts as one: so many times the rounding of the point, so that the change of the
/// gradient along it is known to three decimals.
let leastMove = 1024.0

/// Bounds of the steps of a policy that does not search: none unless they are asked for.
struct StepLimits {
    private let least: Double
    private let most: Double

    /// - Parameters:
    ///   - least: NaN: none.
    ///   - most: NaN: none.
    init(least: Double, most: Double) {
        self.least = least.isNaN ? .leastNormalMagnitude : least
        self.most = most.isNaN ? .greatestFiniteMagnitude : most
    }

    init(_ values: Configuration) throws(EosError) {
        self.init(least: try values.number("min_step"), most: try values.number("max_step"))
    }

    /// A positive, finite step, whatever `step` is: a formula that gives 0 or infinity means the smallest or largest one.
    func clip(_ step: Double) -> Double { min(max(step, least), most) }
}

extension Parameter {
    static let noMinStep = Parameter(
        "min_step", .number, default: "auto", range: 1e-300...1e300, flags: [.auto, .live],
        "smallest step; auto means no limit")
    static let noMaxStep = Parameter(
        "max_step", .number, default: "auto", range: 1e-300...1e300, flags: [.auto, .live],
        "largest step; auto means no limit")
}
