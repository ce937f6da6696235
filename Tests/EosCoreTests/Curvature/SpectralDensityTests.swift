import CEos
import EosCore
import Testing

@Suite struct SpectralDensityTests {
    private func density(
        _ problem: Problem, probes: Int, steps: Int, seed: UInt64 = 1, curvature: Bool = true
    ) throws -> SpectralDensity {
        let objective = try problem.objective(curvature: curvature)
        let point = try problem.space.makeVector()
        problem.write(problem.start, to: point.pointer)
        return try ObjectiveCurvature(objective, at: point.pointer).spectrum(probes: probes, steps: steps, seed: seed)
    }

    /// Where only one coordinate carries a probe, each probe's measure is that of all others: Rademacher components make
    /// the quadrature of a diagonal matrix exact.
    @Test func momentsOfADiagonalMatrixAreExact() throws {
        for type in [ElementType.f64, .f32] {
            let spectrum = (0..<12).map { Double($0 * $0) / 16 - 3 }
            let matrix = SymmetricMatrix(n: 12) { $0 == $1 ? spectrum[$0] : 0 }
            for steps in [2, 5, 12, 20] {
                let density = try density(matrix.problem(type), probes: 4, steps: steps)
                let accuracy = type == .f64 ? 1e-12 : 1e-4
                for k in 0...min(2 * steps - 1, 7) {
                    let exact = spectrum.reduce(0) { $0 + $1.power(k) } / 12
                    let size = spectrum.reduce(0) { $0 + abs($1.power(k)) } / 12
                    let estimate = density.mean { $0.power(k) }
                    #expect(abs(estimate - exact) <= accuracy * size, "\(type), \(steps) steps, moment \(k)")
                }
                #expect(density.nodes.allSatisfy { $0.count == min(steps, 12) && $0 == $0.sorted() })
            }
        }
    }

    @Test func weightsAreAMeasure() throws {
        for matrix in [
            SymmetricMatrix.random(60, seed: 3), .withSpectrum([Double](repeating: 2, count: 60), seed: 1),
            .withSpectrum([Double](repeating: 0, count: 59) + [4], seed: 1), SymmetricMatrix(n: 3) { _, _ in 0 },
            .random(1, seed: 2),
        ] {
            for type in [ElementType.f64, .f32] {
                let density = try density(matrix.problem(type), probes: 5, steps: 30)
                let weights = density.weights.joined()
                #expect(weights.allSatisfy { $0 >= 0 })
                #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
                #expect(zip(density.nodes, density.weights).allSatisfy { $0.count == $1.count })
                let all = matrix.eigenvalues
                let slack = 1e3 * type.epsilon * max(abs(all.first!), abs(all.last!))
                #expect(density.nodes.joined().allSatisfy { $0 <= all.first! + slack && $0 >= all.last! - slack })
            }
        }
    }

    @Test func traceEstimatesConverge() throws {
        let matrix = SymmetricMatrix.random(60, seed: 3)
        let density = try density(matrix.problem(), probes: 400, steps: 8)
        let trace = (0..<60).reduce(0) { $0 + matrix.elements[$1 * 61] } / 60
        let squares = matrix.elements.reduce(0) { $0 + $1 * $1 } / 60
        // Hutchinson's variance: 2 (|A|^2 - sum of the diagonal's squares) an unnormalised probe.
        let deviation = (2 * squares / 60 / 400).squareRoot()
        #expect(abs(density.mean { $0 } - trace) < 5 * deviation)
        #expect(abs(density.mean { $0 * $0 } - squares) < 0.05 * squares)
    }

    @Test func aKnownSpectrumIsSeen() throws {
        let matrix = SymmetricMatrix.withSpectrum(
            [Double](repeating: 0, count: 90) + [Double](repeating: 1, count: 9) + [10], seed: 7)
        let density = try density(matrix.problem(), probes: 200, steps: 10)
        func mass(_ place: Double) -> Double { density.mean { abs($0 - place) < 1e-6 ? 1 : 0 } }
        #expect(abs(mass(0) - 0.90) < 0.02)
        #expect(abs(mass(1) - 0.09) < 0.02)
        #expect(abs(mass(10) - 0.01) < 0.01)
        #expect(abs(mass(0) + mass(1) + mass(10) - 1) < 1e-9)
    }

    @Test func seedsAndDifferences() throws {
        let matrix = SymmetricMatrix.random(20, seed: 3)
        let one = try density(matrix.problem(), probes: 3, steps: 6)
        #expect(try density(matrix.problem(), probes: 3, steps: 6).nodes == one.nodes)
        #expect(try density(matrix.problem(), probes: 3, steps: 6, seed: 2).nodes != one.nodes)
        #expect(one.nodes[0] != one.nodes[1])
        let differences = try density(matrix.problem(), probes: 3, steps: 6, curvature: false)
        for (a, b) in zip(one.nodes.joined(), differences.nodes.joined()) { #expect(abs(a - b) < 1e-8) }

        for (probes, steps) in [(0, 1), (1, 0), (-1, -1)] {
            let error = failure { _ = try density(matrix.problem(), probes: probes, steps: steps) }
            #expect(error.status == EOS_E_INVALID)
        }
    }
}

extension Double {
    fileprivate func power(_ k: Int) -> Double { (0..<k).reduce(1) { product, _ in product * self } }
}
