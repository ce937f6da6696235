import Glibc

/// Nodes and weights on [0, 1] that integrate polynomials of degree 2 count - 1 exactly.
public struct GaussLegendre: Sendable {
    public let nodes: [Double]
    public let weights: [Double]

    static let sixteen = GaussLegendre(16)

    /// By Newton's method on the Legendre polynomial, from the usual estimate of its roots.
    public init(_ count: Int) {
        var nodes: [Double] = []
        var weights: [Double] = []
        for i in 0..<count {
            var x = cos(Double.pi * (Double(i) + 0.75) / (Double(count) + 0.5))
            var slope = 0.0
            for _ in 0..<20 {
                var (before, value) = (1.0, x)
                for k in 2..<max(count + 1, 2) {
                    (before, value) = (value, (Double(2 * k - 1) * x * value - Double(k - 1) * before) / Double(k))
                }
                slope = Double(count) * (x * value - before) / (x * x - 1)
                let step = value / slope
                x -= step
                if abs(step) < 1e-16 { break }
            }
            nodes.append((1 - x) / 2)
            weights.append(1 / ((1 - x * x) * slope * slope))
        }
        self.nodes = nodes
        self.weights = weights
    }
}
