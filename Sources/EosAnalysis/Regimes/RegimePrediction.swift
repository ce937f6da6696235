/// What gradient descent with a constant step does near the flattest minimum of overparametrised least squares, from the
/// step, lambda*, nu and c alone (MacDonald, Min, Palma, Tarmoun, Xu, Vidal 2025, arXiv 2510.17506).
///
/// Near theta*, with the distance d from it along M and the signed distance s across M, a step multiplies s by
/// -(1 + alpha + a d^2 - c s^2) and d by 1 - a s^2, where alpha = eta lambda* - 2 and a = nu / lambda*. All that is
/// predicted here follows from these two.
public struct RegimePrediction: Sendable, Equatable {
    public enum Regime: String, Sendable, CaseIterable {
        /// eta < 2/lambda*: after a while eta lambda < 2, then linear convergence to a minimum that is not the flattest.
        case subcritical
        /// eta = 2/lambda*: both distances fall as t^(-1/2), to the flattest minimum.
        case critical
        /// eta > 2/lambda*: linear convergence to an orbit of period two across M at the flattest minimum.
        case supercritical
    }

    public let regime: Regime
    public let step: Double
    /// alpha = eta lambda* - 2.
    public let alpha: Double
    /// c(eta, theta*).
    public let flipCoefficient: Double
    /// a = nu / lambda*.
    public let decayRatio: Double

    /// - Parameter tolerance: |alpha| up to which a step is critical.
    public init(_ minimum: FlattestMinimum, step: Double, tolerance: Double = 1e-9) {
        self.step = step
        let alpha = step * minimum.sharpness - 2
        self.alpha = alpha
        regime = abs(alpha) <= tolerance ? .critical : alpha < 0 ? .subcritical : .supercritical
        flipCoefficient = minimum.flipCoefficient(step: step)
        decayRatio = minimum.curvature / minimum.sharpness
    }

    /// The factor by which s changes a step, in the end, at a minimum of sharpness lambda: |1 - eta lambda|.
    public func convergenceFactor(sharpness: Double) -> Double { abs(1 - step * sharpness) }

    /// Critical: the limit of d sqrt(t), sqrt((c - a)/(2 a^2)); NaN where c <= a, where d falls faster.
    public var criticalDistance: Double {
        guard regime == .critical, flipCoefficient > decayRatio else { return .nan }
        return ((flipCoefficient - decayRatio) / (2 * decayRatio * decayRatio)).squareRoot()
    }

    /// Critical: the limit of |s| sqrt(t), 1/sqrt(2 a).
    public var criticalNormalDistance: Double {
        regime == .critical ? 1 / (2 * decayRatio).squareRoot() : .nan
    }

    /// Supercritical: the leading order of |s| on the orbit, sqrt(alpha / c); NaN for c <= 0, where the flip has no
    /// stable orbit.
    public var orbitAmplitude: Double {
        regime == .supercritical && flipCoefficient > 0 ? (alpha / flipCoefficient).squareRoot() : .nan
    }

    /// Supercritical: the leading order of the fall of log d a step, alpha nu / (c lambda*).
    public var decayAlong: Double { regime == .supercritical ? alpha * decayRatio / flipCoefficient : .nan }

    /// Supercritical: the leading order of the multiplier of two steps across M at the orbit, 1 - 4 alpha.
    public var twoStepMultiplier: Double { regime == .supercritical ? 1 - 4 * alpha : .nan }
}
