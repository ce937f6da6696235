import Glibc

/// Read-outs of a network on labelled paths: their means, the covariance of their noise, and what an attack can do.
///
/// A margin is what has to be positive for a path to be classified rightly: +- the read-out of two classes; of more,
/// the true class's read-out minus another's, for every other class.
public struct PathReadOuts: Sendable {
    public let readouts: Int
    /// count x R, biases included.
    public let means: [Double]
    /// R x R.
    public let covariance: DenseMatrix
    /// kernels[r] in time: R x (K m), so that an input dx moves read-out r by sum_k dt kernel_k.dx_k.
    public let kernels: DenseMatrix
    public let labels: [Int]
    private let dt: Double

    public var count: Int { labels.count }

    /// - Parameters:
    ///   - response: how Y_T follows from a path: in Euler steps, exactly or by a partial signature.
    ///   - covariance: of Y_T, N x N.
    public init(
        _ network: PathNetwork, _ samples: PathSamples, _ response: PathResponse, covariance: DenseMatrix
    ) {
        let weights = network.readouts * response.matrix
        let (r, length) = (weights.rows, weights.columns)
        var means = [Double](repeating: 0, count: samples.count * r)
        samples.values.withUnsafeBufferPointer { values in
            weights.elements.withUnsafeBufferPointer { weights in
                for i in 0..<samples.count {
                    for readout in 0..<r {
                        var sum = network.biases[readout]
                        for j in 0..<length { sum += values[i * length + j] * weights[readout * length + j] }
                        means[i * r + readout] = sum
                    }
                }
            }
        }
        readouts = r
        self.means = means
        self.covariance = network.readouts * covariance * network.readouts.transposed
        kernels = (1 / samples.dt) * weights
        labels = samples.labels
        dt = samples.dt
    }

    /// In K Euler steps, as the objective has it.
    public static func euler(_ network: PathNetwork, _ samples: PathSamples) -> PathReadOuts {
        PathReadOuts(
            network, samples, .euler(network, steps: samples.steps, duration: samples.duration),
            covariance: network.eulerCovariance(steps: samples.steps, duration: samples.duration))
    }

    /// Of the differential equation, for paths that are constant in each step.
    public static func exact(_ network: PathNetwork, _ samples: PathSamples) -> PathReadOuts {
        PathReadOuts(
            network, samples, .exact(network, steps: samples.steps, duration: samples.duration),
            covariance: network.covariance(duration: samples.duration))
    }

    /// The read-outs that a label's margins are differences of: (r, nil) for two classes.
    func opponents(_ label: Int) -> [Int] { readouts == 1 ? [0] : (0..<readouts).filter { $0 != label } }

    /// The margin of path `index` against `other`.
    func margin(_ index: Int, _ other: Int) -> Double {
        if readouts == 1 { return labels[index] == 1 ? means[index] : -means[index] }
        return means[index * readouts + labels[index]] - means[index * readouts + other]
    }

    /// Standard deviation of the margin of `label` against `other`.
    func deviation(_ label: Int, _ other: Int) -> Double {
        if readouts == 1 { return covariance[0, 0].squareRoot() }
        let (a, b) = (label, other)
        return (covariance[a, a] + covariance[b, b] - covariance[a, b] - covariance[b, a]).squareRoot()
    }

    /// The most that an input of L2 norm 1 (int_0^T |dx|^2 dt = 1) moves the margin of `label` against `other`.
    func gap(_ label: Int, _ other: Int) -> Double {
        var sum = 0.0
        for j in 0..<kernels.columns {
            let kernel = readouts == 1 ? kernels[0, j] : kernels[label, j] - kernels[other, j]
            sum += kernel * kernel
        }
        return (sum * dt).squareRoot()
    }

    /// The mean over paths and margins of the probability that the margin is negative: the expected 0-1 loss for two
    /// classes; for C > 2 classes the expected error is at most C - 1 times it.
    public var loss: Double {
        var sum = 0.0
        for index in 0..<count {
            for other in opponents(labels[index]) {
                sum += normalProbability(below: -margin(index, other) / deviation(labels[index], other))
            }
        }
        return sum / Double(count * max(1, readouts - 1))
    }

    /// The share of paths that are classified rightly without noise.
    public var noiseFreeAccuracy: Double {
        let right = (0..<count).count { index in
            if readouts == 1 { return (means[index] > 0) == (labels[index] == 1) }
            let row = means[index * readouts..<(index + 1) * readouts]
            return row.firstIndex(of: row.max()!)! - row.startIndex == labels[index]
        }
        return Double(right) / Double(count)
    }

    /// The most that an input of L2 norm 1 moves a margin, in standard deviations of its noise.
    public var lipschitz: Double {
        // Read-outs that agree make a margin without kernel and without noise: it is never moved.
        func ratio(_ a: Int, _ b: Int) -> Double { gap(a, b) == 0 ? 0 : gap(a, b) / deviation(a, b) }
        if readouts == 1 { return ratio(0, 0) }
        return (0..<readouts).flatMap { a in opponents(a).map { ratio(a, $0) } }.max()!
    }
}
