import Glibc

/// The standard normal distribution at b, and the mean of ReLU(z + b) under it.
public struct Gaussian: Sendable, Equatable {
    /// phi(b).
    public let density: Double
    /// Phi(b).
    public let distribution: Double
    /// g(b) = E ReLU(z + b) = phi(b) + b Phi(b).
    public let rectifiedMean: Double

    /// Below this phi(b) + b Phi(b) is a difference of nearly equal numbers.
    private static let tail = -3.0
    private static let tailTerms = 40

    public init(at b: Double) {
        density = exp(-b * b / 2) / (2 * Double.pi).squareRoot()
        guard b < Self.tail else {
            distribution = erfc(-b / 2.0.squareRoot()) / 2
            rectifiedMean = density + b * distribution
            return
        }
        // Repeated integrals I_n of phi over the tail have (n + 1) I_(n+1) + x I_n = I_(n-1), x = -b: a continued
        // fraction for I_n / I_(n-1), all of positive terms (Gautschi 1961).
        let x = -b
        var ratio = 2 / (x + (x * x + 4 * Double(Self.tailTerms + 1)).squareRoot())
        for n in stride(from: Self.tailTerms - 1, to: 0, by: -1) { ratio = 1 / (x + Double(n + 1) * ratio) }
        distribution = density / (x + ratio)
        rectifiedMean = distribution * ratio
    }

    /// The b with g(b) = `mean`, for a positive mean. g rises from 0, and is above b.
    static func bias(rectifiedMean mean: Double) -> Double {
        var (low, high) = (-38.0, max(mean, 0))
        // Until the two are neighbours: g is smooth and has no flat places but far out in the tail.
        while true {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { return high }
            if Gaussian(at: middle).rectifiedMean < mean { low = middle } else { high = middle }
        }
    }
}
