import CEos
import EosCore

/// The flattest minimum of any l = r^2 / 2 with one smooth residual, from values and gradients of l: a second way to
/// what `FlattestMinimum` has in closed form, and the only one for other objectives.
///
/// On M the sharpness is lambda = |grad r|^2, and its gradient is 2 |grad r| times the change of grad r along n, less
/// its part along n. Gradient descent with Barzilai-Borwein steps and projections back to M follows it.
public struct FlattestSearch {
    public let residual: ScalarResidual
    /// theta*.
    public let minimum: ScalarResidual.MinimumPoint
    public let constants: FlattestMinimum

    /// - Parameters:
    ///   - start: near M; the search goes downhill from its projection.
    ///   - far: where the run came from; nu is that of the direction from theta* to its projection, because where there
    ///     are many flattest minima nu is 0 from one to another. Nil or theta* itself: some direction.
    /// - Throws: `EOS_E_UNSUPPORTED` where the Hessian on M has more than one eigenvalue, or where there is no flattest
    ///   minimum.
    public init(
        _ objective: ArrayObjective, from start: [Double], towards far: [Double]? = nil
    ) throws(EosError) {
        guard objective.dimension > 1 else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the objective has one parameter, so its minima are isolated points; use an objective with more "
                    + "parameters"
            )
        }
        let residual = try ScalarResidual(objective)
        let first = try residual.project(start)
        try Self.requireOneResidual(objective, first)
        let minimum = try Self.descend(residual, from: first)
        let tangent = try Self.direction(residual, minimum, far)
        self.residual = residual
        self.minimum = minimum
        let normal = minimum.normal
        let derivatives = try NormalDerivatives(objective, at: minimum.point, along: normal)
        constants = FlattestMinimum(
            sharpness: minimum.sharpness, curvature: try Self.curvature(residual, minimum, along: tangent),
            third: derivatives.third, fourth: derivatives.fourth)
    }

    /// With one residual the Hessian on M is grad r times its transpose, so that it maps what is orthogonal to 0.
    private static func requireOneResidual(
        _ objective: ArrayObjective, _ point: ScalarResidual.MinimumPoint
    ) throws(EosError) {
        let tangent = Self.tangent(some: objective.dimension, at: point)
        let along = norm(try objective.product(point.point, tangent))
        guard along <= 1e-3 * point.sharpness else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the Hessian at a minimum has more than one non-zero eigenvalue; the regimes are defined for least "
                    + "squares with one residual, such as product and inner-product")
        }
    }

    private static func descend(
        _ residual: ScalarResidual, from start: ScalarResidual.MinimumPoint
    ) throws(EosError) -> ScalarResidual.MinimumPoint {
        var here = start
        var slope = try gradient(residual, here)
        // The Hessian of lambda on M is of the size of lambda over |theta|^2.
        var step = 0.1 * dot(here.point, here.point) / here.sharpness
        for _ in 0..<1000 {
            if norm(slope) * norm(here.point) <= 1e-9 * here.sharpness { return here }
            var next = try retract(residual, here, moved(here.point, by: -step, along: slope))
            while next == nil || next!.sharpness > here.sharpness * (1 + 1e-12) {
                step /= 4
                guard step * norm(slope) > 1e-15 * norm(here.point) else { return here }
                next = try retract(residual, here, moved(here.point, by: -step, along: slope))
            }
            let slopeThere = try gradient(residual, next!)
            let dx = difference(next!.point, here.point)
            let dg = difference(slopeThere, slope)
            let bend = dot(dx, dg)
            step = bend > 0 ? dot(dx, dx) / bend : 2 * step
            here = next!
            slope = slopeThere
        }
        throw EosError(
            EOS_E_UNSUPPORTED,
            "the sharpness keeps falling along the minima from the end of the run; no flattest minimum was found")
    }

    private static func retract(
        _ residual: ScalarResidual, _ from: ScalarResidual.MinimumPoint, _ x: [Double]
    ) throws(EosError) -> ScalarResidual.MinimumPoint? {
        do throws(EosError) { return try residual.project(x, orientation: from.gradient) } catch {
            // Too far for a projection; a shorter step is tried.
            guard error.status == EOS_E_UNSUPPORTED || error.status == EOS_E_NONFINITE else { throw error }
            return nil
        }
    }

    /// The gradient of the sharpness along M, by differences of grad r across M.
    static func gradient(
        _ residual: ScalarResidual, _ at: ScalarResidual.MinimumPoint
    ) throws(EosError) -> [Double] {
        let normal = at.normal
        let h = 1e-3 * norm(at.point)
        func there(_ t: Double) throws(EosError) -> [Double] {
            let gradient = try residual.at(moved(at.point, by: t, along: normal), orientation: at.gradient)?.gradient
            guard let gradient else {
                throw EosError(
                    EOS_E_UNSUPPORTED, "the objective is 0 near its minima, so it has no residual to analyse")
            }
            return gradient
        }
        let near = difference(try there(h), try there(-h))
        let far = difference(try there(2 * h), try there(-2 * h))
        let change = scaled(moved(scaled(near, by: 8), by: -1, along: far), by: 2 * norm(at.gradient) / (12 * h))
        return moved(change, by: -dot(change, normal), along: normal)
    }

    /// The second derivative of the sharpness on M along a unit tangent.
    private static func curvature(
        _ residual: ScalarResidual, _ minimum: ScalarResidual.MinimumPoint, along tangent: [Double]
    ) throws(EosError) -> Double {
        let h = 1e-3 * norm(minimum.point)
        func slope(_ t: Double) throws(EosError) -> Double {
            let point = try residual.project(
                moved(minimum.point, by: t, along: tangent), orientation: minimum.gradient)
            return dot(try gradient(residual, point), tangent)
        }
        let near = try slope(h) - slope(-h)
        return (8 * near - (try slope(2 * h) - slope(-2 * h))) / (12 * h)
    }

    private static func direction(
        _ residual: ScalarResidual, _ minimum: ScalarResidual.MinimumPoint, _ far: [Double]?
    ) throws(EosError) -> [Double] {
        if let far {
            let from = try residual.project(far, orientation: minimum.gradient)
            let normal = minimum.normal
            let way = difference(from.point, minimum.point)
            let along = moved(way, by: -dot(way, normal), along: normal)
            if norm(along) > 1e-6 * norm(minimum.point) { return scaled(along, by: 1 / norm(along)) }
        }
        return tangent(some: residual.objective.dimension, at: minimum)
    }

    /// A unit vector orthogonal to grad r that is no special one.
    private static func tangent(some dimension: Int, at point: ScalarResidual.MinimumPoint) -> [Double] {
        let random = Random(seed: 1)
        let vector = (0..<dimension).map { 2 * random.uniform(UInt64($0)) - 1 }
        let normal = point.normal
        let tangent = moved(vector, by: -dot(vector, normal), along: normal)
        return scaled(tangent, by: 1 / norm(tangent))
    }
}
