/// The normal distribution of Y_T for one path.
public struct TerminalLaw: Sendable {
    /// N.
    public let mean: [Double]
    /// N x N; the same for every path.
    public let covariance: DenseMatrix
}

extension PathNetwork {
    /// The distribution of Y_T in closed form (arXiv 2108.03090):
    /// mean = int_0^T e^{W(T-s)} A x(s) ds, covariance = sigma^2 int_0^T e^{Ws} e^{W's} ds.
    ///
    /// The matrix exponentials are exact; the integral over the path has 16 Gauss-Legendre nodes a cell, in which
    /// rounding is all that is left for steps and for smooth functions.
    public func law(of path: InputPath) -> TerminalLaw {
        TerminalLaw(mean: mean(of: path), covariance: covariance(duration: path.duration))
    }

    /// The distribution of Y_T in K Euler steps: mean = dt sum_k S^(K-1-k) A x(kT/K), covariance = sigma^2 dt sum_(j<K)
    /// S^j S^j' with S = I + dt W, dt = T/K.
    public func eulerLaw(of path: InputPath, steps: Int) -> TerminalLaw {
        let response = PathResponse.euler(self, steps: steps, duration: path.duration)
        return TerminalLaw(
            mean: response.matrix * path.steps(steps),
            covariance: eulerCovariance(steps: steps, duration: path.duration))
    }

    /// z of a path under a read-out: mean over standard deviation of v.Y_T + beta; the expected 0-1 loss of label y =
    /// +-1 is Phi(-y z).
    public func score(_ law: TerminalLaw, readout: Int = 0) -> Double {
        let v = readouts.row(readout)
        let spread = zip(v, law.covariance * v).reduce(0) { $0 + $1.0 * $1.1 }
        let mean = zip(v, law.mean).reduce(biases[readout]) { $0 + $1.0 * $1.1 }
        return mean / spread.squareRoot()
    }

    private func mean(of path: InputPath) -> [Double] {
        let rule = GaussLegendre.sixteen
        let cell = path.duration / Double(path.cells)
        // Over longer parts the exponential would not be a polynomial to rounding.
        let parts = max(1, Int((recurrent.columnNorm * cell / 2).rounded(.up)))
        let width = cell / Double(parts)
        let forward = (width * recurrent).exponential()
        let kernels = zip(rule.nodes, rule.weights).map { node, weight in
            (width * weight) * (((1 - node) * width * recurrent).exponential() * input)
        }
        var mean = [Double](repeating: 0, count: units)
        for index in 0..<path.cells {
            for part in 0..<parts {
                mean = forward * mean
                for (node, kernel) in zip(rule.nodes, kernels) {
                    let x = path.value(cell: index, share: (Double(part) + node) / Double(parts))
                    let added = kernel * x
                    for i in mean.indices { mean[i] += added[i] }
                }
            }
        }
        return mean
    }

    /// Gamma = sigma^2 int_0^T e^{Ws} e^{W's} ds, N x N.
    public func covariance(duration: Double) -> DenseMatrix {
        Self.gramian(recurrent, (sigma * sigma) * DenseMatrix.identity(units), duration)
    }

    /// int_0^T e^{Ws} Q e^{W's} ds for a symmetric Q.
    ///
    /// Over a short time from one exponential of twice the size (C. F. Van Loan, 1978, "Computing integrals involving
    /// the matrix exponential", IEEE Trans. Automat. Control 23:395), then doubled: the integral over 2t is that over t
    /// plus e^{Wt} times it times e^{W't}, which adds positive matrices only.
    static func gramian(_ w: DenseMatrix, _ q: DenseMatrix, _ duration: Double) -> DenseMatrix {
        let n = w.rows
        var doublings = 0
        while w.columnNorm * duration > 0.5 * Double(1 << doublings), doublings < 60 { doublings += 1 }
        let time = duration / Double(1 << doublings)
        var block = DenseMatrix.zero(2 * n, 2 * n)
        block.setBlock(0, 0, (-time) * w)
        block.setBlock(0, n, time * q)
        block.setBlock(n, n, time * w.transposed)
        let exponential = block.exponential()
        var forward = exponential.block(n, n, n).transposed
        var result = forward * exponential.block(0, n, n)
        for _ in 0..<doublings {
            result = result + forward * result * forward.transposed
            forward = forward * forward
        }
        return result
    }

    /// sigma^2 dt sum_(j < K) S^j S^j'.
    public func eulerCovariance(steps: Int, duration: Double) -> DenseMatrix {
        let dt = duration / Double(steps)
        let step = DenseMatrix.identity(units) + dt * recurrent
        var sum = DenseMatrix.zero(units, units)
        for _ in 0..<steps {
            sum = step * sum * step.transposed + (sigma * sigma * dt) * DenseMatrix.identity(units)
        }
        return sum
    }
}
