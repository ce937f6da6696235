import EosCore
import Foundation
import Testing

@testable import EosAnalysis

/// Closed form, Euler form and simulation, for networks of other sizes.
@Suite struct PathLawTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var units: Int
        var channels: Int
        var readouts: Int
        var duration: Double
        var sigma: Double
        var seed: UInt64

        var testDescription: String {
            "N \(units), m \(channels), R \(readouts), T \(duration), sigma \(sigma), seed \(seed)"
        }

        static let all = [
            Case(units: 1, channels: 1, readouts: 1, duration: 1, sigma: 0.5, seed: 1),
            Case(units: 3, channels: 2, readouts: 1, duration: 1, sigma: 0.03, seed: 2),
            Case(units: 4, channels: 1, readouts: 3, duration: 2, sigma: 0.3, seed: 3),
            Case(units: 5, channels: 3, readouts: 7, duration: 0.5, sigma: 2, seed: 4),
        ]

        /// W = -I + G/sqrt(N), A and v of unit norm.
        var network: PathNetwork {
            get throws {
                let random = Random(seed: seed)
                func normal(_ rows: Int, _ columns: Int, _ first: UInt64) -> DenseMatrix {
                    DenseMatrix(
                        rows: rows, columns: columns,
                        (0..<rows * columns).map { random.normal(first + UInt64($0)) })
                }
                let n = Double(units).squareRoot()
                return try PathNetwork(
                    recurrent: (1 / n) * normal(units, units, 0) - .identity(units),
                    input: normal(units, channels, 1000), readouts: normal(readouts, units, 2000),
                    biases: (0..<readouts).map { 0.1 * random.normal(3000 + UInt64($0)) }, sigma: sigma
                ).constrained
            }
        }

        func path(_ steps: Int) -> InputPath {
            let random = Random(seed: seed + 100)
            return InputPath(
                duration: duration, channels: channels,
                steps: (0..<steps * channels).map { random.normal(UInt64($0)) })
        }

        func smooth() -> InputPath {
            let count = channels
            let period = duration
            return InputPath(duration: duration, channels: channels, cells: 16) { time in
                (0..<count).map { cos(2 * Double.pi * time / period + Double($0)) }
            }
        }
    }

    @Test(arguments: Case.all) func theExactLawSolvesItsEquations(test: Case) throws {
        let network = try test.network
        let path = test.path(12)
        let law = network.law(of: path)
        let response = PathResponse.exact(network, steps: 12, duration: test.duration)
        #expect(distance(response.matrix * path.steps(12), law.mean) < 1e-13)
        // d Gamma/dT = W Gamma + Gamma W' + sigma^2 I.
        let h = 1e-4 * test.duration
        let rate =
            (1 / (2 * h))
            * (network.covariance(duration: test.duration + h) - network.covariance(duration: test.duration - h))
        let right =
            network.recurrent * law.covariance + law.covariance * network.recurrent.transposed
            + (network.sigma * network.sigma) * DenseMatrix.identity(network.units)
        #expect((rate - right).frobeniusNorm < 1e-6 * right.frobeniusNorm)
    }

    /// Euler's method is of first order: ten times the steps, a tenth of the difference.
    @Test(arguments: Case.all) func eulerApproachesTheClosedForm(test: Case) throws {
        let network = try test.network
        let path = test.smooth()
        let exact = network.law(of: path)
        let errors = [100, 1000].map { steps in
            let law = network.eulerLaw(of: path, steps: steps)
            return (
                distance(law.mean, exact.mean),
                (law.covariance - exact.covariance).frobeniusNorm / exact.covariance.frobeniusNorm
            )
        }
        for (coarse, fine) in [(errors[0].0, errors[1].0), (errors[0].1, errors[1].1)] {
            #expect(fine < 0.01)
            #expect((8.0...12.5).contains(coarse / fine), "\(coarse) and \(fine)")
        }
    }

    @Test(arguments: Case.all) func partialSumsConvergeToTheMean(test: Case) throws {
        let network = try test.network
        let path = test.path(12)
        let mean = network.law(of: path).mean
        let errors = PartialSignature(of: path, order: 60).errors(network, mean: mean)
        #expect(errors[60] < 1e-12)
        // The rest of the series is below that of an exponential, term by term.
        let scale = network.recurrent.frobeniusNorm * test.duration
        let size = path.steps(12).map(abs).max()! * Double(test.channels).squareRoot() * test.duration
        for (k, error) in errors.enumerated() where k > 2 * Int(scale) {
            let term = pow(scale, Double(k + 1)) / (1...(k + 1)).reduce(1.0) { $0 * Double($1) }
            #expect(error <= 2 * size * term + 1e-13)
        }
        for order in [0, 1, 5] {
            let response = PathResponse.signature(network, order: order, steps: 12, duration: test.duration)
            let sums = PartialSignature(of: path, order: order).partialSums(network)
            #expect(distance(response.matrix * path.steps(12), sums[order]) < 1e-13)
        }
    }

    /// 2e5 simulated paths against the Euler form, whose law they have, and against the closed form within what Euler's
    /// method misses. Five standard errors: one test in a million fails by chance.
    @Test(arguments: [0.1, 0.5, 2], [1, 2] as [UInt64])
    func simulationAgreesWithTheExample(sigma: Double, seed: UInt64) throws {
        let network = try PathFigureTests.example(sigma: sigma)
        let (steps, draws) = (100, 200_000)
        let simulated = PathSimulation(network, seed: seed).law(of: PathFigureTests.sine, steps: steps, draws: draws)
        let euler = network.eulerLaw(of: PathFigureTests.sine, steps: steps)
        let exact = network.law(of: PathFigureTests.sine)
        for i in 0..<2 {
            let error = (euler.covariance[i, i] / Double(draws)).squareRoot()
            #expect(abs(simulated.mean[i] - euler.mean[i]) < 5 * error)
            #expect(abs(simulated.mean[i] - exact.mean[i]) < 5 * error + abs(euler.mean[i] - exact.mean[i]))
            for j in 0..<2 {
                // Of a normal sample's covariance.
                let (a, b, c) = (euler.covariance[i, i], euler.covariance[j, j], euler.covariance[i, j])
                #expect(
                    abs(simulated.covariance[i, j] - c) < 5 * ((a * b + c * c) / Double(draws)).squareRoot())
            }
        }
        // The probability of the positive sign, Phi(z).
        let samples = PathSamples(
            steps: steps, channels: 1, duration: 1, values: PathFigureTests.sine.steps(steps), labels: [1])
        let probability = normalProbability(below: network.score(euler))
        let share = PathSimulation(network, seed: seed + 10).accuracy(samples, draws: draws)
        #expect(abs(share - probability) < 5 * (probability * (1 - probability) / Double(draws)).squareRoot())
        #expect(abs(probability - normalProbability(below: network.score(exact))) < 3e-3)
    }

    @Test(arguments: Case.all) func simulationAgreesForOtherNetworks(test: Case) throws {
        let network = try test.network
        let (steps, draws) = (20, 50_000)
        let simulated = PathSimulation(network, seed: 5).law(of: test.path(steps), steps: steps, draws: draws)
        let euler = network.eulerLaw(of: test.path(steps), steps: steps)
        for i in 0..<test.units {
            let variance = euler.covariance[i, i]
            #expect(abs(simulated.mean[i] - euler.mean[i]) < 5 * (variance / Double(draws)).squareRoot())
            #expect(abs(simulated.covariance[i, i] / variance - 1) < 5 * (2 / Double(draws)).squareRoot())
        }
    }

    @Test func theSameSeedGivesTheSameDraws() throws {
        let network = try PathFigureTests.example()
        func mean(_ seed: UInt64) -> [Double] {
            PathSimulation(network, seed: seed).law(of: PathFigureTests.sine, steps: 10, draws: 50).mean
        }
        #expect(mean(3) == mean(3))
        #expect(mean(3) != mean(4))
    }

    @Test func badNetworksAreRefused() throws {
        #expect(throws: EosError.self) { try PathFigureTests.example(sigma: 0) }
        #expect(throws: EosError.self) { try PathFigureTests.example(sigma: .nan) }
        #expect(throws: EosError.self) {
            try PathNetwork(
                recurrent: .identity(2), input: .identity(3), readouts: .identity(2), biases: [0, 0], sigma: 1)
        }
    }
}

func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}
