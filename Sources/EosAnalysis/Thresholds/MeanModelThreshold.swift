/// Where the mean model l(A g(b)) of a small ReLU network begins to learn a bias, and which one ("Learning threshold
/// neurons via the edge of stability", 2022, arXiv 2212.07469).
///
/// All minima have A = 0, where the only curvature is d^2 g(b)^2 / 2, along A. Gradient descent whose step is too long
/// for it bounces, and each bounce lowers the bias, until the curvature has fallen to 2 over the step.
public struct MeanModelThreshold: Sendable, Equatable {
    /// d.
    public let dimension: Int

    public init(dimension: Int) { self.dimension = dimension }

    /// eta_c = 8 pi / d^2: at longer steps the minimum at b = 0 is unstable.
    public var step: Double { 8 * Double.pi / (Double(dimension) * Double(dimension)) }

    /// lambda(b) = d^2 g(b)^2 / 2, the largest Hessian eigenvalue at A = 0.
    public func sharpness(bias: Double) -> Double {
        let product = Double(dimension) * Gaussian(at: bias).rectifiedMean
        return product * product / 2
    }

    /// 2 - eta lambda where training ends at a bias: 3 eta (Phi/g)^2, to first order.
    ///
    /// With delta = eta lambda - 2 and u = (A g)^2, which go slowly while A changes its sign at every step, l'(s)/s =
    /// (1 - s^2/12)/4 gives du/d delta = (u/3 - 2 delta) / (eta (Phi/g)^2): coming from u = 6 delta, u dies out at
    /// delta =
    /// -3 eta (Phi/g)^2. (Ours, confirmed numerically.)
    public func gap(step: Double, bias: Double) -> Double {
        let normal = Gaussian(at: bias)
        let ratio = normal.distribution / normal.rectifiedMean
        return 3 * step * ratio * ratio
    }

    /// The largest bias whose minimum is stable for a step, eta lambda(b) = 2: the learned one is below it.
    public func edge(step: Double) -> Double {
        // g(b) = 2 / (d sqrt(eta)).
        Gaussian.bias(rectifiedMean: 2 / (Double(dimension) * step.squareRoot()))
    }

    /// The bias that is learned: eta lambda(b) = 2 - gap(b).
    ///
    /// - Parameter start: the bias to begin with.
    /// - Returns: `start` where its minimum is stable already, so that nothing drives it away; nil where the gap is no
    ///   longer small, for steps far above the threshold in few dimensions.
    public func bias(step: Double, from start: Double = 0) -> Double? {
        if step * sharpness(bias: start) <= 2 { return start }
        var bias = edge(step: step)
        for _ in 0..<200 {
            let rest = 2 - gap(step: step, bias: bias)
            guard rest > 1 else { return nil }
            // lambda(b) = rest / eta.
            let next = Gaussian.bias(
                rectifiedMean: (2 * rest / step).squareRoot() / Double(dimension))
            if abs(next - bias) <= 1e-14 * max(abs(next), 1e-3) { return next }
            bias = next
        }
        return bias
    }
}
