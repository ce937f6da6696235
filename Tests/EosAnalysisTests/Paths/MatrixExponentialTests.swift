import EosCore
import Foundation
import Testing

@testable import EosAnalysis

@Suite struct MatrixExponentialTests {
    /// e^{-t} times a rotation by 2t, for t from where the lowest degree serves to where many squarings are needed.
    @Test(arguments: [1e-3, 0.01, 0.1, 0.3, 0.6, 1, 2, 5, 20, 100])
    func ofARotation(time: Double) {
        let w = DenseMatrix([[-1, 2], [-2, -1]])
        let (c, s, size) = (cos(2 * time), sin(2 * time), exp(-time))
        let expected = DenseMatrix([[size * c, size * s], [-size * s, size * c]])
        let error = ((time * w).exponential() - expected).frobeniusNorm / expected.frobeniusNorm
        // The condition of the problem grows with the norm.
        #expect(error < 1e-15 * max(1, 10 * time), "\(error)")
    }

    /// A nilpotent matrix has a finite series, however large it is.
    @Test(arguments: [1.0, 100, 1e6]) func ofANilpotentMatrix(scale: Double) {
        var a = DenseMatrix.zero(4, 4)
        for i in 0..<3 { a[i, i + 1] = scale }
        let result = a.exponential()
        for i in 0..<4 {
            for j in 0..<4 {
                let power = j - i
                let expected =
                    power < 0 ? 0 : pow(scale, Double(power)) / (1...max(1, power)).reduce(1.0) { $0 * Double($1) }
                #expect(abs(result[i, j] - expected) <= 1e-12 * max(expected, 1))
            }
        }
    }

    /// Against another algorithm: a Taylor series after so many halvings that four terms beyond rounding remain.
    @Test(arguments: [1, 2, 7, 20]) func agreesWithATaylorSeries(size: Int) {
        for (seed, scale) in [(1, 0.001), (2, 0.1), (3, 1.0), (4, 4.0)] as [(UInt64, Double)] {
            let random = Random(seed: seed)
            let a = DenseMatrix(
                rows: size, columns: size,
                (0..<size * size).map { scale * random.normal(UInt64($0)) / Double(size).squareRoot() })
            let halvings = 10
            let small = exp2(-Double(halvings)) * a
            var (sum, term) = (DenseMatrix.identity(size), DenseMatrix.identity(size))
            for k in 1...20 {
                term = (1 / Double(k)) * (term * small)
                sum = sum + term
            }
            for _ in 0..<halvings { sum = sum * sum }
            #expect((a.exponential() - sum).frobeniusNorm < 1e-12 * sum.frobeniusNorm)
        }
    }

    @Test func inverseAndNotFinite() {
        let a = DenseMatrix([[0.3, -2, 1], [0.7, 0.2, -1], [4, 1, -3]])
        #expect((a.exponential() * ((-1) * a).exponential() - .identity(3)).frobeniusNorm < 1e-12)
        #expect(DenseMatrix([[1, .infinity], [0, 1]]).exponential().elements.allSatisfy(\.isNaN))
        #expect(DenseMatrix([[.nan]]).exponential()[0, 0].isNaN)
        #expect(DenseMatrix([[0]]).exponential()[0, 0] == 1)
    }

    @Test func systemsAreSolved() {
        // The first pivot is zero.
        let a = DenseMatrix([[0, 2, 1], [1, 1e-18, 3], [2, 5, -1]])
        let x = DenseMatrix([[1, 2], [-3, 0.5], [4, 1]])
        #expect((a.solve(a * x) - x).frobeniusNorm < 1e-14)
        let positive = a * a.transposed
        let factor = positive.choleskyFactor()!
        #expect((factor * factor.transposed - positive).frobeniusNorm < 1e-13)
        let right = factor * [1, -2, 3]
        #expect(zip(factor.solveLower(right), [1, -2, 3]).allSatisfy { abs($0 - $1) < 1e-13 })
        #expect(DenseMatrix([[1, 2], [2, 1]]).choleskyFactor() == nil)
    }

    @Test(arguments: [1, 2, 5, 16]) func quadratureIsExactForPolynomials(count: Int) {
        let rule = GaussLegendre(count)
        #expect(abs(rule.weights.reduce(0, +) - 1) < 1e-15)
        for degree in 0..<2 * count {
            let sum = zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
            #expect(abs(sum - 1 / Double(degree + 1)) < 1e-14)
        }
    }
}
