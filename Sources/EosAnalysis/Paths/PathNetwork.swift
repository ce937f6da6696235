import CEos
import EosCore

/// A stochastic linear recurrent network that classifies paths (Bartolomaeus, Boutaib, Nestler, Rauhut, 2022, "Path
/// classification by stochastic linear recurrent neural networks", arXiv 2108.03090).
///
/// dY = (W Y + A x) dt + sigma dB, Y(0) = 0; a path is decided by v.Y_T + beta: by the sign for one read-out (two
/// classes, positive: class 1), by the largest for more. Y_T is normal, so that everything here has a closed form.
public struct PathNetwork: Sendable {
    /// W, N x N, in 1/time.
    public var recurrent: DenseMatrix
    /// A, N x m.
    public var input: DenseMatrix
    /// v of every read-out, R x N.
    public var readouts: DenseMatrix
    /// beta of every read-out.
    public var biases: [Double]
    /// Standard deviation that the noise puts into each unit in one unit of time, by its root.
    public var sigma: Double

    public var units: Int { recurrent.rows }
    public var channels: Int { input.columns }
    /// One read-out tells two classes apart.
    public var classes: Int { readouts.rows == 1 ? 2 : readouts.rows }

    /// - Throws: `EOS_E_INVALID` where sizes do not go together or sigma is not positive: without noise there is no
    ///   expected error, only the accuracy without noise.
    public init(
        recurrent: DenseMatrix, input: DenseMatrix, readouts: DenseMatrix, biases: [Double], sigma: Double
    ) throws(EosError) {
        let units = recurrent.rows
        guard recurrent.columns == units, input.rows == units, readouts.columns == units,
            biases.count == readouts.rows, units > 0, input.columns > 0, !biases.isEmpty
        else {
            throw EosError(
                EOS_E_INVALID,
                "W is \(units) x \(recurrent.columns), A \(input.rows) x \(input.columns), v \(readouts.rows) x "
                    + "\(readouts.columns) and beta \(biases.count); for N units, m channels and R read-outs they are "
                    + "N x N, N x m, R x N and R")
        }
        guard sigma > 0, sigma.isFinite else {
            throw EosError(EOS_E_INVALID, "sigma = \(sigma); it must be positive and finite")
        }
        self.recurrent = recurrent
        self.input = input
        self.readouts = readouts
        self.biases = biases
        self.sigma = sigma
    }

    /// The network that the objective path-rnn evaluates for these parameters where it constrains them: |W| <= 6 and
    /// |A| = 1 by scaling, |v| = 1 by scaling v and beta together, all in the Frobenius norm.
    public var constrained: PathNetwork {
        var result = self
        let norm = recurrent.frobeniusNorm
        if norm > Self.largestRecurrentNorm { result.recurrent = (Self.largestRecurrentNorm / norm) * recurrent }
        result.input = (1 / input.frobeniusNorm) * input
        for r in biases.indices {
            let norm = readouts.row(r).reduce(0) { $0 + $1 * $1 }.squareRoot()
            for i in 0..<units { result.readouts[r, i] /= norm }
            result.biases[r] /= norm
        }
        return result
    }

    public static let largestRecurrentNorm = 6.0

    /// The same network with another strength of noise.
    public func with(sigma: Double) -> PathNetwork {
        var result = self
        result.sigma = sigma
        return result
    }
}
