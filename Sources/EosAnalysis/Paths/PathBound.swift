import Glibc

/// The generalisation bound of arXiv 2108.03090 in our form: for W and A that were fixed before the n paths were seen
/// and beta = 0, with probability 1 - delta over them
///
///     R <= R_emp + sqrt(C/2) (2/sqrt(2 pi)) sqrt(mean_i |Gamma^{-1/2} mean(x_i)|^2 / n) + 3 sqrt(log(2/delta) / (2n))
///
/// where R is the expected loss (for two classes: the expected error) and mean(x), Gamma are mean and covariance of
/// Y_T. A margin is a unit vector times Gamma^{-1/2} mean(x), and Phi has the Lipschitz constant 1/sqrt(2 pi). For C >
/// 2 classes each path enters C - 1 of the C (C-1)/2 pairs of read-outs, whence sqrt(C/2) (ours, as the constants are).
public struct PathBound: Sendable {
    /// R_emp: the loss on the n paths.
    public let empirical: Double
    public let complexity: Double
    public let confidence: Double
    public var total: Double { empirical + complexity + confidence }

    /// - Parameters:
    ///   - delta: probability with which it may fail, in (0, 1).
    ///   - response, covariance: of Y_T, as in `PathReadOuts`.
    public init(
        _ network: PathNetwork, _ samples: PathSamples, _ response: PathResponse, covariance: DenseMatrix,
        delta: Double = 0.05
    ) {
        let n = Double(samples.count)
        empirical = PathReadOuts(network, samples, response, covariance: covariance).loss
        confidence = 3 * (log(2 / delta) / (2 * n)).squareRoot()
        guard let factor = covariance.choleskyFactor() else {
            complexity = .nan
            return
        }
        var sum = 0.0
        for index in 0..<samples.count {
            let whitened = factor.solveLower(response.matrix * samples.steps(of: index))
            sum += whitened.reduce(0) { $0 + $1 * $1 }
        }
        let pairs = (Double(network.classes) / 2).squareRoot()
        complexity = pairs * (2 / (2 * Double.pi).squareRoot()) * (sum / n / n).squareRoot()
    }

    /// In K Euler steps, as the objective's metric has it.
    public static func euler(_ network: PathNetwork, _ samples: PathSamples, delta: Double = 0.05) -> PathBound {
        PathBound(
            network, samples, .euler(network, steps: samples.steps, duration: samples.duration),
            covariance: network.eulerCovariance(steps: samples.steps, duration: samples.duration), delta: delta)
    }
}
