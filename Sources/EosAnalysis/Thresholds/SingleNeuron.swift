import Glibc

/// Where gradient descent on l(x y) ends, for l even and convex with l'(s)/s = 1 - c |s|^beta + ... ("Learning
/// threshold neurons via the edge of stability", 2022, arXiv 2212.07469).
///
/// Minima are the points of the two axes; at (0, y) the sharpness is y^2.
public struct SingleNeuron: Sendable, Equatable {
    /// beta.
    public let exponent: Double
    /// c.
    public let coefficient: Double

    public init(exponent: Double, coefficient: Double) {
        self.exponent = exponent
        self.coefficient = coefficient
    }

    /// sqrt(1 + s^2).
    public static let root = SingleNeuron(exponent: 2, coefficient: 0.5)
    /// log cosh s.
    public static let logCosh = SingleNeuron(exponent: 2, coefficient: 1 / 3.0)
    /// l'(s) = s / (1 + |s|^beta)^(1/beta).
    public static func family(beta: Double) -> SingleNeuron {
        SingleNeuron(exponent: beta, coefficient: 1 / beta)
    }

    /// How a training goes, from its step and its start.
    public enum Regime: String, Sendable {
        /// It stays near the gradient flow, which keeps y^2 - x^2.
        case gradientFlow = "gradient-flow"
        /// The minimum where the flow ends is unstable: it bounces down to one that is not.
        case edgeOfStability = "edge-of-stability"
    }

    /// |y^2 - x^2|: the sharpness where the gradient flow from (x, y) ends.
    public static func flowSharpness(_ x: Double, _ y: Double) -> Double { abs((y - x) * (y + x)) }

    /// 2 / |y^2 - x^2|: longer steps are in the regime of the edge of stability.
    public static func criticalStep(_ x: Double, _ y: Double) -> Double { 2 / flowSharpness(x, y) }

    public static func regime(step: Double, from x: Double, _ y: Double) -> Regime {
        step < criticalStep(x, y) ? .gradientFlow : .edgeOfStability
    }

    /// 2/eta - y^2 where training at the edge of stability ends, for small steps: eta/(2c) for beta = 2, else
    /// K(beta) (2c)^(-1/(beta-1)) eta^(1/(beta-1)).
    ///
    /// With delta = eta y^2 - 2 and u = (x y)^2, which go slowly while x changes its sign at every step, du/d delta =
    /// (2c u^(beta/2) - delta) / eta^2: coming from u = (delta/2c)^(2/beta), u dies out at delta = -eta gap. (The
    /// scaling is the paper's, the constant ours.) nil for beta < 1.4, where gaps are too small to matter.
    public func gap(step: Double) -> Double? {
        Self.constant(exponent).map { $0 * pow(2 * coefficient, -1 / (exponent - 1)) * pow(step, 1 / (exponent - 1)) }
    }

    /// The sharpness where training ends.
    ///
    /// - Returns: nil where `gap` is, and where the gap is not small.
    public func finalSharpness(step: Double, from x: Double, _ y: Double) -> Double? {
        if Self.regime(step: step, from: x, y) == .gradientFlow { return Self.flowSharpness(x, y) }
        guard let gap = gap(step: step), gap < 1 / step else { return nil }
        return 2 / step - gap
    }

    /// K(beta): U' = U^(beta/2) - D, followed from U^(beta/2) = D at a large D down to U(-K) = 0. K(2) = 1.
    static func constant(_ exponent: Double) -> Double? {
        if exponent == 2 { return 1 }
        guard exponent >= 1.4 else { return nil }
        let half = exponent / 2
        // Errors at the start die out the faster the larger the exponent, which also makes the equation stiff.
        var d = exponent < 2 ? 60.0 : 15.0
        var u = pow(d + pow(d, 1 / half - 1) / half, 1 / half)
        func slope(_ d: Double, _ u: Double) -> Double { (u > 0 ? pow(u, half) : 0) - d }
        while true {
            let rate = half * pow(u, half - 1)
            let h = -min(3e-4 * max(1, abs(d) / 4), 0.1 / max(rate, 1e-3))
            let k1 = slope(d, u)
            let k2 = slope(d + h / 2, u + h / 2 * k1)
            let k3 = slope(d + h / 2, u + h / 2 * k2)
            let k4 = slope(d + h, u + h * k3)
            let next = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            if next <= 0 { return -(d + h * u / (u - next)) }
            (d, u) = (d + h, next)
        }
    }
}
