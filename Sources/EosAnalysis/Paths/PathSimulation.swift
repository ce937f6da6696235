import EosCore
import Glibc

/// Paths Y simulated with noise in K Euler steps (Euler-Maruyama): the Monte Carlo check of everything that the
/// network's normal law says.
///
/// Draw d uses the elements of the seed's stream from d (N K + 1) on, two normal numbers from two uniform ones (Box and
/// Muller 1958): the same for the same seed, whatever was simulated before.
public struct PathSimulation: Sendable {
    public let network: PathNetwork
    public let seed: UInt64

    public init(_ network: PathNetwork, seed: UInt64) {
        self.network = network
        self.seed = seed
    }

    /// Mean and covariance of Y_T over `draws` simulated paths under one input.
    public func law(of path: InputPath, steps: Int, draws: Int) -> TerminalLaw {
        let n = network.units
        var sum = [Double](repeating: 0, count: n)
        var squares = DenseMatrix.zero(n, n)
        forEach(path.steps(steps), steps: steps, duration: path.duration, draws: 0..<draws) { y in
            for i in 0..<n {
                sum[i] += y[i]
                for j in 0..<n { squares[i, j] += y[i] * y[j] }
            }
        }
        let mean = sum.map { $0 / Double(draws) }
        var covariance = squares
        for i in 0..<n {
            for j in 0..<n {
                covariance[i, j] = (squares[i, j] - Double(draws) * mean[i] * mean[j]) / Double(draws - 1)
            }
        }
        return TerminalLaw(mean: mean, covariance: covariance)
    }

    /// The share of simulated paths that are classified rightly; `draws` in all, in turn over the samples.
    ///
    /// Its standard error is at most sqrt(p (1 - p) / draws).
    public func accuracy(_ samples: PathSamples, draws: Int) -> Double {
        let rounds = (draws + samples.count - 1) / samples.count
        var right = 0
        for index in 0..<samples.count {
            forEach(
                samples.steps(of: index), steps: samples.steps, duration: samples.duration,
                draws: index * rounds..<(index + 1) * rounds
            ) { y in if decide(y) == samples.labels[index] { right += 1 } }
        }
        return Double(right) / Double(samples.count * rounds)
    }

    private func decide(_ y: UnsafeBufferPointer<Double>) -> Int {
        var best = (value: -Double.infinity, readout: 0)
        for r in network.biases.indices {
            var sum = network.biases[r]
            for i in 0..<network.units { sum += network.readouts[r, i] * y[i] }
            if network.biases.count == 1 { return sum > 0 ? 1 : 0 }
            if sum > best.value { best = (sum, r) }
        }
        return best.readout
    }

    private func forEach(
        _ inputs: [Double], steps: Int, duration: Double, draws: Range<Int>,
        _ body: (UnsafeBufferPointer<Double>) -> Void
    ) {
        let (n, m) = (network.units, network.channels)
        let dt = duration / Double(steps)
        let step = DenseMatrix.identity(n) + dt * network.recurrent
        var drift = [Double](repeating: 0, count: steps * n)
        for k in 0..<steps {
            let pushed = network.input * Array(inputs[k * m..<(k + 1) * m])
            for i in 0..<n { drift[k * n + i] = dt * pushed[i] }
        }
        let strength = network.sigma * dt.squareRoot()
        var noise = [Double](repeating: 0, count: steps * n + 1)
        var (y, next) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
        for draw in draws {
            fill(&noise, strength, from: UInt64(draw) &* UInt64(noise.count))
            y.withUnsafeMutableBufferPointer { y in
                next.withUnsafeMutableBufferPointer { next in
                    step.elements.withUnsafeBufferPointer { step in
                        for i in 0..<n { y[i] = 0 }
                        for k in 0..<steps {
                            for i in 0..<n {
                                var sum = drift[k * n + i] + noise[k * n + i]
                                for j in 0..<n { sum += step[i * n + j] * y[j] }
                                next[i] = sum
                            }
                            for i in 0..<n { y[i] = next[i] }
                        }
                    }
                }
            }
            y.withUnsafeBufferPointer(body)
        }
    }

    /// Normal numbers in pairs, times `strength`.
    private func fill(_ numbers: inout [Double], _ strength: Double, from first: UInt64) {
        let random = Random(seed: seed)
        for i in stride(from: 0, to: numbers.count - 1, by: 2) {
            let counter = first &+ UInt64(i)
            let radius = strength * (-2 * log(1 - random.uniform(counter))).squareRoot()
            let angle = 2 * Double.pi * random.uniform(counter &+ 1)
            numbers[i] = radius * cos(angle)
            numbers[i + 1] = radius * sin(angle)
        }
    }
}
