import EosCore

/// The orbit of period two of gradient descent on the line through the flattest minimum along its normal, z -> z - eta
/// l'(theta* + z n): the whole of the orbit where that line is invariant, as it is for a product and an inner product,
/// and else its leading order.
public struct NormalLineOrbit: Sendable, Equatable {
    /// The two points, the upper one first.
    public let upper: Double
    public let lower: Double
    /// The product of 1 - eta l'' at both: below 1 by magnitude where the orbit attracts.
    public let multiplier: Double

    /// - Returns: nil where the iteration settles at no orbit of period two: below the threshold, or far above it, where
    ///   orbits of longer periods follow.
    public init?(
        _ objective: ArrayObjective, at minimum: [Double], along n: [Double], prediction: RegimePrediction
    ) throws(EosError) {
        guard prediction.regime == .supercritical, prediction.orbitAmplitude.isFinite else { return nil }
        let step = prediction.step
        var z = prediction.orbitAmplitude
        var before = z
        // The deviation falls by 1 - 4 alpha in two steps.
        let limit = min(1_000_000, Int(200 / prediction.alpha) + 1000)
        for _ in 0..<limit {
            before = z
            var next = z
            for _ in 0..<2 {
                let point = moved(minimum, by: next, along: n)
                next -= step * dot(try objective.gradient(point).gradient, n)
            }
            z = next
            if abs(z - before) <= 1e-15 * abs(z) { break }
        }
        let point = moved(minimum, by: z, along: n)
        let other = z - step * dot(try objective.gradient(point).gradient, n)
        guard z.isFinite, abs(z - before) <= 1e-9 * abs(z), z * other < 0 else { return nil }
        let there = moved(minimum, by: other, along: n)
        upper = max(z, other)
        lower = min(z, other)
        multiplier =
            (1 - step * dot(try objective.product(point, n), n)) * (1 - step * dot(try objective.product(there, n), n))
    }
}
