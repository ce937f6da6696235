import CEos
import EosCore

/// What decides how gradient descent with a constant step behaves near the flattest minimum theta* of overparametrised
/// least squares (f - y)^2 / 2 with minima M = f^-1{y} (MacDonald, Min, Palma, Tarmoun, Xu, Vidal 2025, arXiv
/// 2510.17506).
public struct FlattestMinimum: Sendable, Equatable {
    /// lambda* = |grad f(theta*)|^2, the least sharpness on M.
    public let sharpness: Double
    /// nu: the Hessian of the sharpness on M is nu I at theta*.
    public let curvature: Double
    /// D^3 l[n, n, n] and D^4 l[n, n, n, n] of the loss l at theta*, along the unit normal n = grad f / |grad f|.
    public let third: Double
    public let fourth: Double

    public init(sharpness: Double, curvature: Double, third: Double, fourth: Double) {
        self.sharpness = sharpness
        self.curvature = curvature
        self.third = third
        self.fourth = fourth
    }

    /// c(eta, theta*), the cubic coefficient of the flip bifurcation across M.
    public func flipCoefficient(step: Double) -> Double {
        NormalDerivatives(third: third, fourth: fourth).flipCoefficient(step: step)
    }
}

extension FlattestMinimum {
    /// Of f = theta_1 ... theta_p, for which theta* = y^(1/p) (1, ..., 1), lambda* = p y^(2-2/p), nu = 4 y^(2-4/p). A
    /// negative y changes signs of entries only.
    ///
    /// - Throws: `EOS_E_INVALID` for y = 0, where M is no smooth surface, and for a depth below 2, where M is a point.
    public static func product(depth: Int, target: Double) throws(EosError) -> FlattestMinimum {
        guard depth >= 2 else {
            throw EosError(
                EOS_E_INVALID, "depth = \(depth) gives only one minimum; use a depth of 2 or more")
        }
        try requireRegular(target)
        let p = Double(depth)
        let z = power(abs(target), 1 / p)
        // Of f along n = (1, ..., 1)/sqrt(p): f = (z + t/sqrt(p))^p.
        let first = p.squareRoot() * power(z, p - 1)
        let second = (p - 1) * power(z, p - 2)
        let third = (p - 1) * (p - 2) / p.squareRoot() * power(z, p - 3)
        return FlattestMinimum(
            sharpness: p * power(z, 2 * p - 2), curvature: 4 * power(z, 2 * p - 4), third: 3 * first * second,
            fourth: 3 * second * second + 4 * first * third)
    }

    /// Of f = <u, v>: the sharpness on M is |u|^2 + |v|^2, lambda* = 2 |y| where u = v (u = -v for y < 0), and nu = 4 in
    /// every direction that leaves these minima; there is a sphere of them.
    ///
    /// - Throws: `EOS_E_INVALID` for y = 0, where M is no smooth surface.
    public static func innerProduct(target: Double) throws(EosError) -> FlattestMinimum {
        try requireRegular(target)
        // f = (sqrt(2 |y|) + t)^2 / 2 along n.
        let first = (2 * abs(target)).squareRoot()
        return FlattestMinimum(sharpness: 2 * abs(target), curvature: 4, third: 3 * first, fourth: 3)
    }

    private static func requireRegular(_ target: Double) throws(EosError) {
        guard target != 0, target.isFinite else {
            throw EosError(
                EOS_E_INVALID,
                "target = \(target) has no smooth surface of minima, which the regimes need; give another target")
        }
    }
}
