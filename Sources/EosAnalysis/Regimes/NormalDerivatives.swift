import EosCore

/// Third and fourth derivative of a loss along a unit vector, as far as the flip bifurcation of gradient descent needs
/// them.
public struct NormalDerivatives: Sendable, Equatable {
    /// D^3 l[n, n, n].
    public let third: Double
    /// D^4 l[n, n, n, n].
    public let fourth: Double

    public init(third: Double, fourth: Double) {
        self.third = third
        self.fourth = fourth
    }

    /// c = (eta^2/4) (D^3 l)^2 - (eta/6) D^4 l: Kuznetsov's normal form of the flip of x - eta l'(x), f_xx^2/4 +
    /// f_xxx/6 (Elements of Applied Bifurcation Theory, section 4.5), for the setting of MacDonald, Min, Palma, Tarmoun,
    /// Xu, Vidal 2025, arXiv 2510.17506.
    public func flipCoefficient(step: Double) -> Double { step * step / 4 * third * third - step / 6 * fourth }

    /// Measures at `point` along the unit vector `n`, by central differences of order six of the slope of l along n.
    ///
    /// - Parameter spacing: of the nine points; nil: a hundredth of |point|, or of 1 at the origin.
    public init(
        _ objective: ArrayObjective, at point: [Double], along n: [Double], spacing: Double? = nil
    ) throws(EosError) {
        let length = norm(point)
        let h = spacing ?? (length > 0 ? length : 1) / 100
        var slopes: [Double] = []
        for k in -4...4 {
            slopes.append(dot(try objective.gradient(moved(point, by: Double(k) * h, along: n)).gradient, n))
        }
        // Of the even and the odd part of the slope at distances 1, ..., 4.
        func even(_ k: Int) -> Double { slopes[4 + k] + slopes[4 - k] }
        func odd(_ k: Int) -> Double { slopes[4 + k] - slopes[4 - k] }
        third = (2 * even(3) - 27 * even(2) + 270 * even(1) - 490 * slopes[4]) / (180 * h * h)
        fourth = (-7 * odd(4) + 72 * odd(3) - 338 * odd(2) + 488 * odd(1)) / (-240 * h * h * h)
    }
}
