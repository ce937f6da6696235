import Foundation
import Testing

import EosAnalysis

/// The worked example of the specification of arXiv 2108.03090: its figures are ours, confirmed in another language.
@Suite struct PathFigureTests {
    static let sine = InputPath(duration: 1, channels: 1) { [sin(2 * Double.pi * $0)] }

    static func example(sigma: Double = 0.5) throws -> PathNetwork {
        try PathNetwork(
            recurrent: DenseMatrix([[-1, 2], [-2, -1]]), input: DenseMatrix([[1], [0]]),
            readouts: DenseMatrix([[1, -1]]), biases: [0], sigma: sigma)
    }

    @Test func meanCovarianceAndScore() throws {
        let network = try Self.example()
        let law = network.law(of: Self.sine)
        #expect(abs(law.mean[0] + 0.20249624) < 5e-9)
        #expect(abs(law.mean[1] + 0.03541313) < 5e-9)
        // W + W' = -2 I, so that Gamma = sigma^2 (1 - e^{-2T})/2 I.
        let exact = 0.25 * (1 - exp(-2)) / 2
        #expect(abs(exact - 0.10808309) < 5e-9)
        #expect((law.covariance - exact * .identity(2)).frobeniusNorm < 1e-15)
        #expect(abs(network.score(law) + 0.359367403) < 5e-10)
    }

    @Test func eulerSteps() throws {
        let law = try Self.example().eulerLaw(of: Self.sine, steps: 1000)
        #expect(abs(law.mean[0] + 0.20284439) < 5e-9)
        #expect(abs(law.mean[1] + 0.03588638) < 5e-9)
    }

    @Test func partialSignature() throws {
        let network = try Self.example()
        let signature = PartialSignature(of: Self.sine, order: 11)
        let figures = [0, 0.15915494, 0.07957747, 0.02249438, 0.00461574]
        for (coefficient, figure) in zip(signature.coefficients, figures) {
            #expect(abs(coefficient[0] - figure) < 5e-9)
        }
        let errors = signature.errors(network, mean: network.law(of: Self.sine).mean)
        #expect(abs(errors[3] - 9.6e-2) < 5e-4)
        #expect(abs(errors[7] - 7.4e-4) < 5e-6)
        #expect(abs(errors[11] - 8.9e-7) < 6e-9)
    }

    /// S_k = int (T-s)^k/k! x ds of other paths, where it is known: constants, monomials, two channels.
    @Test(arguments: [0.5, 1, 3]) func partialSignaturesOfPolynomials(duration: Double) {
        let path = InputPath(duration: duration, channels: 2, cells: 5) { time in [1, time * time] }
        let signature = PartialSignature(of: path, order: 12)
        for (k, coefficient) in signature.coefficients.enumerated() {
            func power(_ exponent: Int) -> Double {
                pow(duration, Double(exponent)) / (1...exponent).reduce(1.0) { $0 * Double($1) }
            }
            #expect(abs(coefficient[0] - power(k + 1)) <= 1e-14 * power(k + 1))
            // Repeated integration of t^2: 2 t^(k+3)/(k+3)!.
            #expect(abs(coefficient[1] - 2 * power(k + 3)) <= 1e-13 * power(k + 3))
        }
    }

    /// The Lipschitz constant in closed form is that of a fine Euler discretisation, and it is attained.
    @Test func lipschitzConstant() throws {
        let network = try Self.example(sigma: 0.2)
        let exact = network.lipschitz(duration: 1)
        let fine = PathSamples(
            steps: 4000, channels: 1, duration: 1, values: [Double](repeating: 0, count: 4000), labels: [1])
        let euler = PathReadOuts.euler(network, fine)
        #expect(abs(euler.lipschitz / exact - 1) < 1e-3)
        // The worst input of norm 1 is the kernel itself.
        let size = (euler.kernels.elements.reduce(0) { $0 + $1 * $1 } * fine.dt).squareRoot()
        let attack = euler.kernels.elements.map { $0 / size }
        let law = network.eulerLaw(of: InputPath(duration: 1, channels: 1, steps: attack), steps: 4000)
        #expect(abs(network.score(law) - euler.lipschitz) < 1e-9)
        #expect(abs(network.with(sigma: 0.4).lipschitz(duration: 1) - exact / 2) < 1e-12)
    }
}
