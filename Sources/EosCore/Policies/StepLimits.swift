import CEos

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

extension eos_iterate {
    /// A first step that nothing is known for: `usual`, unless it would move the point by less than counts, or by more than
    /// 1e100 times its length: then it moves it by half of that. At the origin nothing tells what counts.
    func firstStep(_ usual: Double) -> Double {
        guard point_norm > 0, point_norm.isFinite, gradient_norm > 0 else { return usual }
        let epsilon = flags & UInt32(EOS_ITERATE_F32) != 0 ? Double(Float.ulpOfOne) : Double.ulpOfOne
        let update = usual * gradient_norm
        if update < leastMove * epsilon * point_norm {
            return min(leastMove * epsilon * (point_norm / gradient_norm), .greatestFiniteMagnitude)
        }
        // Values and gradients there stay numbers of the type.
        let isSingle = flags & UInt32(EOS_ITERATE_F32) != 0
        let isTooLong = isSingle ? update / point_norm * gradient_norm > 1e30 : update > 1e100 * point_norm
        return isTooLong ? max(point_norm / gradient_norm / 2, .leastNormalMagnitude) : usual
    }

    /// `numerator`/<g, g>, also where <g, g> leaves the range of a double.
    func overGradient2(_ numerator: Double) -> Double {
        isOrdinary(square: gradient_norm2)
            ? numerator / gradient_norm2 : numerator / gradient_norm / gradient_norm
    }
}

extension Parameter {
    static let noMinStep = Parameter(
        "min_step", .number, default: "auto", range: 1e-300...1e300, flags: [.auto, .live],
        "smallest step; auto: no limit")
    static let noMaxStep = Parameter(
        "max_step", .number, default: "auto", range: 1e-300...1e300, flags: [.auto, .live],
        "largest step; auto: no limit")
}
