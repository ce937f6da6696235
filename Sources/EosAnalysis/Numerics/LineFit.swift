/// A straight line through points, by least squares.
public struct LineFit: Sendable, Equatable {
    public let slope: Double
    public let intercept: Double
    /// Points it was fitted to.
    public let count: Int

    /// - Returns: nil for fewer than two different x, and where a coordinate is not finite.
    public init?(x: [Double], y: [Double]) {
        let count = Double(x.count)
        let meanX = x.reduce(0, +) / count
        let meanY = y.reduce(0, +) / count
        var covariance = 0.0
        var variance = 0.0
        for (x, y) in zip(x, y) {
            covariance += (x - meanX) * (y - meanY)
            variance += (x - meanX) * (x - meanX)
        }
        guard x.count == y.count, variance > 0, covariance.isFinite else { return nil }
        slope = covariance / variance
        intercept = meanY - slope * meanX
        self.count = x.count
    }
}
