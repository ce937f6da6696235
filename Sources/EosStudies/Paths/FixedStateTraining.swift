import EosAnalysis
import Glibc

/// Read-outs trained on a network whose W and A stay as they were drawn and whose beta is 0: what the generalisation
/// bound of arXiv 2108.03090 is about.
///
/// With Gamma = L L', a margin is u.w_i for w_i = L^-1 mean(x_i) and the unit vector u = L'v / |L'v|: gradient descent
/// with halved steps on mean Phi(-y u.w_i) over u on the sphere.
struct FixedStateTraining {
    private(set) var network: PathNetwork

    init(_ start: PathNetwork, _ samples: PathSamples, iterations: Int) {
        var network = start
        network.biases = [0]
        self.network = network
        let covariance = network.eulerCovariance(steps: samples.steps, duration: samples.duration)
        guard let factor = covariance.choleskyFactor() else { return }
        let response = PathResponse.euler(network, steps: samples.steps, duration: samples.duration)
        let states = (0..<samples.count).map { index in
            let whitened = factor.solveLower(response.matrix * samples.path(index).steps(samples.steps))
            return samples.labels[index] == 1 ? whitened : whitened.map { -$0 }
        }
        var u = Self.normalised(
            (0..<network.units).map { i in states.reduce(0) { $0 + $1[i] } })
        var (value, gradient) = Self.evaluate(states, u)
        var step = 1.0
        for _ in 0..<iterations {
            let trial = Self.normalised(zip(u, gradient).map { $0 - step * $1 })
            let (next, slope) = Self.evaluate(states, trial)
            if next < value {
                (u, value, gradient) = (trial, next, slope)
                step *= 2
            } else {
                step /= 2
                if step < 1e-12 { break }
            }
        }
        // u = L'v: v = L'^-1 u.
        let v = factor.transposed.solve(u)
        self.network.readouts = DenseMatrix([Self.normalised(v)])
    }

    private static func normalised(_ x: [Double]) -> [Double] {
        let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return x.map { $0 / norm }
    }

    /// The loss at u and its gradient along the sphere.
    private static func evaluate(_ states: [[Double]], _ u: [Double]) -> (Double, [Double]) {
        var value = 0.0
        var gradient = [Double](repeating: 0, count: u.count)
        for state in states {
            let z = zip(u, state).reduce(0) { $0 + $1.0 * $1.1 }
            value += normalProbability(below: -z)
            let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
            for i in u.indices { gradient[i] -= density * (state[i] - z * u[i]) }
        }
        let count = Double(states.count)
        return (value / count, gradient.map { $0 / count })
    }
}
