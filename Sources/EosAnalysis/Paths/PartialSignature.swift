import Glibc

/// What a linear network keeps of a path (arXiv 2108.03090): S_k = int_0^T (T-s)^k/k! x(s) ds, k = 0, 1, ...
///
/// S_k of channel i is the coefficient of the word (i, 0, ..., 0) of the time-augmented path's signature, one letter of
/// the path followed by k letters of time (this reading and its form are ours). No other word enters the mean of Y_T,
/// which is sum_k W^k A S_k.
public struct PartialSignature: Sendable {
    /// coefficients[k] is S_k: as many numbers as the path has channels.
    public let coefficients: [[Double]]

    /// S_0 ... S_order. Exact for steps; for functions with 16 Gauss-Legendre nodes a cell.
    public init(of path: InputPath, order: Int) {
        precondition(order >= 0)
        let rule = GaussLegendre.sixteen
        let cell = path.duration / Double(path.cells)
        var sums = [[Double]](repeating: [Double](repeating: 0, count: path.channels), count: order + 1)
        for index in 0..<path.cells {
            for (node, weight) in zip(rule.nodes, rule.weights) {
                let x = path.value(cell: index, share: node)
                let left = path.duration - cell * (Double(index) + node)
                var factor = weight * cell
                for k in 0...order {
                    for j in 0..<path.channels { sums[k][j] += factor * x[j] }
                    factor *= left / Double(k + 1)
                }
            }
        }
        coefficients = sums
    }

    /// sum_(k <= j) W^k A S_k for j = 0 ... order: the mean of Y_T as far as the signature to that order tells it.
    public func partialSums(_ network: PathNetwork) -> [[Double]] {
        var term = network.input
        var sum = [Double](repeating: 0, count: network.units)
        return coefficients.map { coefficient in
            let added = term * coefficient
            for i in sum.indices { sum[i] += added[i] }
            term = network.recurrent * term
            return sum
        }
    }

    /// |mean - partial sum| for every order, in the Euclidean norm.
    public func errors(_ network: PathNetwork, mean: [Double]) -> [Double] {
        partialSums(network).map { sum in
            zip(sum, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
    }

    /// weights[j][k] = int over step k of K of (T-s)^j/j! ds: S_j of a path that is constant in each step is their sum
    /// over its steps.
    static func weights(order: Int, steps: Int, duration: Double) -> [[Double]] {
        // Powers of what is left of the time over factorials: powers[k] at the beginning of step k.
        let left = (0...steps).map { duration * Double(steps - $0) / Double(steps) }
        var powers = left
        return (0...order).map { j in
            let weights = (0..<steps).map { powers[$0] - powers[$0 + 1] }
            for k in left.indices { powers[k] *= left[k] / Double(j + 2) }
            return weights
        }
    }
}
