import EosCore
import Foundation
import Testing

@testable import EosAnalysis

/// Accuracies of networks on several paths: closed form and draws against simulations, attacks against attacks.
@Suite struct PathAccuracyTests {
    static func samples(_ test: PathLawTests.Case, count: Int, steps: Int = 10) -> PathSamples {
        let random = Random(seed: test.seed + 50)
        let classes = test.readouts == 1 ? 2 : test.readouts
        return PathSamples(
            steps: steps, channels: test.channels, duration: test.duration,
            values: (0..<count * steps * test.channels).map { 2 * random.normal(UInt64($0)) },
            labels: (0..<count).map { $0 % classes })
    }

    @Test(arguments: PathLawTests.Case.all, [0.5, 1, 2])
    func simulationHasTheExpectedAccuracy(test: PathLawTests.Case, noise: Double) throws {
        let network = try test.network
        let samples = Self.samples(test, count: 40)
        let expected = PathReadOuts.euler(network, samples).accuracy(.init(noise: noise, draws: 20_000))
        let simulated = PathSimulation(network.with(sigma: noise * test.sigma), seed: 9).accuracy(
            samples, draws: 40_000)
        #expect(abs(simulated - expected) < 5 * (0.25 / 20_000).squareRoot())
    }

    @Test func withoutNoiseTheMeansDecide() throws {
        for test in PathLawTests.Case.all {
            let readOuts = PathReadOuts.euler(try test.network, Self.samples(test, count: 60))
            #expect(readOuts.accuracy(.init(noise: 0)) == readOuts.noiseFreeAccuracy)
            #expect(abs(readOuts.accuracy(.init(noise: 1e-9)) - readOuts.noiseFreeAccuracy) < 1e-12)
        }
    }

    /// What the worst input can do is done: shifting each path of two classes along the kernel.
    @Test func attacksAreAttained() throws {
        let test = PathLawTests.Case.all[1]
        let network = try test.network
        let samples = Self.samples(test, count: 30)
        let readOuts = PathReadOuts.euler(network, samples)
        let norm = 0.3
        let size = (readOuts.kernels.elements.reduce(0) { $0 + $1 * $1 } * samples.dt).squareRoot()
        let length = samples.steps * samples.channels
        let attacked = PathSamples(
            steps: samples.steps, channels: samples.channels, duration: samples.duration,
            values: samples.values.enumerated().map { place, value in
                let sign = samples.labels[place / length] == 1 ? -1.0 : 1
                return value + sign * norm * readOuts.kernels.elements[place % length] / size
            }, labels: samples.labels)
        let bound = readOuts.accuracy(.init(attack: norm))
        #expect(abs(PathReadOuts.euler(network, attacked).accuracy() - bound) < 1e-12)
        #expect(bound < readOuts.accuracy())
        // mean Phi(y z - eps Lip), the formula itself.
        let formula = (0..<samples.count).reduce(0.0) { sum, index in
            let z = network.score(network.eulerLaw(of: samples.path(index), steps: samples.steps))
            let signed = samples.labels[index] == 1 ? z : -z
            return sum + normalProbability(below: signed - norm * readOuts.lipschitz)
        }
        #expect(abs(formula / Double(samples.count) - bound) < 1e-12)
    }

    /// More classes: no attack of that norm does more than the bound from below allows.
    @Test func attacksOnMoreClassesStayAboveTheBound() throws {
        let test = PathLawTests.Case.all[2]
        let network = try test.network
        let samples = Self.samples(test, count: 60)
        let readOuts = PathReadOuts.euler(network, samples)
        let conditions = PathReadOuts.Conditions(attack: 0.4)
        let bound = readOuts.accuracy(conditions)
        let length = samples.steps * samples.channels
        for other in 1..<3 {
            // Against the margin to the next class but `other`, the same for every path of a class.
            var values = samples.values
            for index in 0..<samples.count {
                let label = samples.labels[index]
                let rival = (label + other) % 3
                let kernel = (0..<length).map { readOuts.kernels[rival, $0] - readOuts.kernels[label, $0] }
                let size = (kernel.reduce(0) { $0 + $1 * $1 } * samples.dt).squareRoot()
                for j in 0..<length { values[index * length + j] += 0.4 * kernel[j] / size }
            }
            let attacked = PathSamples(
                steps: samples.steps, channels: samples.channels, duration: samples.duration, values: values,
                labels: samples.labels)
            let accuracy = PathReadOuts.euler(network, attacked).accuracy()
            #expect(accuracy >= bound)
            #expect(accuracy < readOuts.accuracy())
        }
    }

    @Test func theBoundHasItsParts() throws {
        let test = PathLawTests.Case.all[1]
        let network = try test.network
        let samples = Self.samples(test, count: 50)
        let bound = PathBound.euler(network, samples, delta: 0.1)
        let covariance = network.eulerCovariance(steps: samples.steps, duration: samples.duration)
        var sum = 0.0
        var loss = 0.0
        for index in 0..<50 {
            let law = network.eulerLaw(of: samples.path(index), steps: samples.steps)
            // |Gamma^{-1/2} mean|^2 = mean' Gamma^{-1} mean.
            let solved = covariance.solve(DenseMatrix(rows: test.units, columns: 1, law.mean))
            sum += zip(law.mean, solved.elements).reduce(0) { $0 + $1.0 * $1.1 }
            let z = network.score(law)
            loss += normalProbability(below: samples.labels[index] == 1 ? -z : z) / 50
        }
        #expect(abs(bound.empirical - loss) < 1e-13)
        #expect(abs(bound.complexity - 2 / (2 * Double.pi).squareRoot() * (sum / 50 / 50).squareRoot()) < 1e-12)
        #expect(abs(bound.confidence - 3 * (log(2 / 0.1) / 100).squareRoot()) < 1e-14)
    }

    /// The bound holds where it claims to: W and A from the seed, v trained by choice of the best of many, beta = 0.
    @Test func theBoundHolds() throws {
        let test = PathLawTests.Case(units: 3, channels: 1, readouts: 1, duration: 1, sigma: 0.5, seed: 8)
        let network = try test.network
        func draw(_ count: Int, _ seed: UInt64) -> PathSamples {
            let random = Random(seed: seed)
            let labels = (0..<count).map { random.uniform(UInt64($0)) < 0.5 ? 0 : 1 }
            return PathSamples(
                steps: 10, channels: 1, duration: 1,
                values: (0..<count * 10).map { place in
                    let sign = labels[place / 10] == 1 ? 1.0 : -1
                    return sign * sin(2 * Double.pi * Double(place % 10) / 10) + random.normal(UInt64(count + place))
                }, labels: labels)
        }
        let fresh = draw(4000, 77)
        for seed in 1...20 as ClosedRange<UInt64> {
            let samples = draw(100, seed)
            let candidates = (0..<40).map { candidate in
                var other = network
                other.biases = [0]
                for i in 0..<3 { other.readouts[0, i] = Random(seed: 1000).normal(UInt64(3 * candidate + i)) }
                return other
            }
            let best = candidates.min { PathReadOuts.euler($0, samples).loss < PathReadOuts.euler($1, samples).loss }!
            #expect(PathReadOuts.euler(best, fresh).loss <= PathBound.euler(best, samples).total)
        }
    }

    @Test func constraintsAreMet() throws {
        let network = try PathNetwork(
            recurrent: 5 * DenseMatrix([[1, 2], [3, 4]]), input: DenseMatrix([[3, 0], [0, 4]]),
            readouts: DenseMatrix([[3, 4], [0, -0.5]]), biases: [10, 1], sigma: 1)
        let constrained = network.constrained
        #expect(abs(constrained.recurrent.frobeniusNorm - 6) < 1e-14)
        #expect(constrained.input == DenseMatrix([[0.6000000000000001, 0], [0, 0.8]]))
        #expect(constrained.readouts.row(0).map { ($0 * 10).rounded() / 10 } == [0.6, 0.8])
        #expect(constrained.readouts.row(1) == [0, -1])
        #expect(constrained.biases == [2, 2])
        #expect(abs(constrained.constrained.recurrent.frobeniusNorm - 6) < 1e-14)
    }
}
