import CEos
import EosCore

/// The residual r = f - y of an objective l = r^2 / 2, from values and gradients of l alone: |r| = sqrt(2 l), and grad r
/// = grad l / r. What sign r has is not in l; a vector along which grad r is to point decides it.
public struct ScalarResidual {
    public let objective: ArrayObjective

    /// - Throws: `EOS_E_UNSUPPORTED` for an objective in single precision, whose small losses are all rounding.
    public init(_ objective: ArrayObjective) throws(EosError) {
        guard objective.objective.space.type == .f64 else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the objective computes in f32, which is too inaccurate for its residual; set objective.dtype = "
                    + "\"f64\" "
                    + "and train again")
        }
        self.objective = objective
    }

    /// r and its gradient.
    ///
    /// - Parameter orientation: decides the sign; nil: r is positive.
    /// - Returns: nil where l is 0, so that its gradient tells nothing.
    /// - Throws: `EOS_E_UNSUPPORTED` for a negative value: half a square has none.
    public func at(
        _ x: [Double], orientation: [Double]? = nil
    ) throws(EosError) -> (value: Double, gradient: [Double])? {
        let (loss, gradient) = try objective.gradient(x)
        guard loss >= 0 else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the objective is \(loss) at a point, so it is not a least squares objective, which is never negative")
        }
        var residual = (2 * loss).squareRoot()
        guard residual > 0, gradient.contains(where: { $0 != 0 }) else { return nil }
        if let orientation, dot(gradient, orientation) < 0 { residual = -residual }
        return (residual, scaled(gradient, by: 1 / residual))
    }
}

extension ScalarResidual {
    /// A point of M = {r = 0}, the nearest to another one.
    public struct MinimumPoint: Sendable {
        public let point: [Double]
        /// grad r there.
        public let gradient: [Double]
        /// <x - point, n> with n = grad r / |grad r|: how far x lies across M.
        public let normalDistance: Double

        /// lambda = |grad r|^2, the largest eigenvalue of the Hessian of l there.
        public var sharpness: Double { dot(gradient, gradient) }
        public var normal: [Double] { scaled(gradient, by: 1 / norm(gradient)) }
    }

    /// The nearest point of M, by Newton's method on r = 0 with x - q normal to M.
    ///
    /// - Throws: `EOS_E_UNSUPPORTED` where it does not converge, as it does not unless l = r^2 / 2 with one smooth
    ///   residual that vanishes near `x`.
    public func project(_ x: [Double], orientation: [Double]? = nil) throws(EosError) -> MinimumPoint {
        var q = x
        var gradient = orientation ?? []
        for _ in 0..<60 {
            guard let here = try at(q, orientation: gradient.isEmpty ? nil : gradient) else {
                guard !gradient.isEmpty, let there = try gradientOnMinimum(q, along: gradient) else { break }
                return minimum(x, q, there)
            }
            gradient = here.gradient
            let excess = here.value + dot(gradient, difference(x, q))
            let next = moved(x, by: -excess / dot(gradient, gradient), along: gradient)
            let change = norm(difference(next, q))
            q = next
            guard change.isFinite else { break }
            if change <= 1e-13 * max(norm(q), norm(x)) { return minimum(x, q, gradient) }
        }
        throw EosError(
            EOS_E_UNSUPPORTED,
            "no minimum with value 0 was found near a point of the run; the regimes need overparametrised "
                + "least squares with one residual, such as product and inner-product")
    }

    /// grad r where l is 0 to the last bit, as a mean of its values beside it, of order four.
    private func gradientOnMinimum(_ q: [Double], along gradient: [Double]) throws(EosError) -> [Double]? {
        let normal = scaled(gradient, by: 1 / norm(gradient))
        let h = 1e-4 * norm(q)
        var values: [[Double]] = []
        for k in [-2.0, -1, 1, 2] {
            guard let there = try at(moved(q, by: k * h, along: normal), orientation: gradient) else { return nil }
            values.append(there.gradient)
        }
        return q.indices.map { (4 * (values[1][$0] + values[2][$0]) - (values[0][$0] + values[3][$0])) / 6 }
    }

    private func minimum(_ x: [Double], _ q: [Double], _ gradient: [Double]) -> MinimumPoint {
        MinimumPoint(
            point: q, gradient: gradient, normalDistance: dot(difference(x, q), gradient) / norm(gradient))
    }
}
