import CEos
import EosCore
import Foundation
import Testing

@Suite struct LeadingEigenvaluesTests {
    typealias Options = LeadingEigenvalues.Options

    /// What every result must be, whether it converged or not: true residuals, orthonormal vectors, an eigenvalue within
    /// the residual of each value, a flag that says what it means.
    private func expectTrue(
        _ leading: Leading, _ matrix: SymmetricMatrix, _ options: Options, _ what: String, type: ElementType = .f64,
        accuracy: Double? = nil
    ) {
        let all = matrix.eigenvalues
        let scale = max(abs(all.first!), abs(all.last!))
        let rounding = (accuracy ?? 1e3 * type.epsilon) * scale
        #expect(leading.pairs.count == min(options.count, matrix.n), "\(what)")
        #expect(leading.vectors.count == leading.pairs.count, "\(what)")
        #expect(leading.process.products <= options.maxProducts, "\(what)")
        for (k, pair) in leading.pairs.enumerated() {
            let residual = matrix.residual(leading.vectors[k], pair.value)
            #expect(residual <= pair.residual, "\(what), pair \(k): the residual is \(residual), not \(pair.residual)")
            #expect(pair.residual <= 2 * residual + rounding, "\(what), pair \(k): \(residual), not \(pair.residual)")
            let distance = all.map { abs($0 - pair.value) }.min()!
            // The eigenvalues to compare with have roundings of their own.
            #expect(
                distance <= pair.residual + Double(matrix.n) * Double.ulpOfOne * scale,
                "\(what), pair \(k): no eigenvalue within \(pair.residual)")
            if pair.converged {
                #expect(pair.residual <= options.tolerance * abs(pair.value) + rounding, "\(what), pair \(k)")
            } else {
                #expect(pair.residual > options.tolerance * abs(pair.value), "\(what), pair \(k)")
            }
            for (j, other) in leading.vectors.enumerated() {
                let dot = zip(leading.vectors[k], other).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(dot - (j == k ? 1 : 0)) < 1e3 * type.epsilon, "\(what), vectors \(k) and \(j)")
            }
        }
    }

    /// The pairs are the leading ones. Within a cluster narrower than the tolerance they may be any of it.
    private func expectLeading(
        _ leading: Leading, _ matrix: SymmetricMatrix, _ what: String, tolerance: Double = 1e-6
    ) {
        let all = matrix.eigenvalues
        for (k, pair) in leading.pairs.enumerated() {
            #expect(pair.converged, "\(what), pair \(k)")
            let value = all[k]
            #expect(
                abs(pair.value - value) <= pair.residual + tolerance * abs(value),
                "\(what), pair \(k): \(pair) is not \(value)")
        }
    }

    @Test(arguments: [1, 2, 5, 50, 300])
    func randomMatricesAgreeWithLapack(_ n: Int) throws {
        for seed in 1...(n > 100 ? 3 : 12) as ClosedRange<UInt64> {
            let matrix = SymmetricMatrix.random(n, seed: seed)
            for count in [1, 3, 10] {
                for type in [ElementType.f64, .f32] {
                    let options = Options(count: count, tolerance: 1e-5, maxProducts: 2000, seed: seed)
                    let leading = try Leading(matrix.problem(type), options)
                    let what = "n \(n), seed \(seed), count \(count), \(type)"
                    expectTrue(leading, matrix, options, what, type: type)
                    expectLeading(leading, matrix, what)
                }
            }
        }
    }

    @Test func unconvergedResultsAreTrueToo() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let matrix = SymmetricMatrix.random(50, seed: seed)
            for products in [1, 2, 3, 7, 15] {
                for count in [1, 3] {
                    let options = Options(count: count, tolerance: 1e-9, maxProducts: products, seed: seed)
                    let leading = try Leading(matrix.problem(), options)
                    #expect(leading.process.products == products)
                    // Fewer products than eigenvalues wanted give fewer pairs.
                    #expect(leading.pairs.count == min(count, products))
                    for (pair, vector) in zip(leading.pairs, leading.vectors) {
                        #expect(matrix.residual(vector, pair.value) <= pair.residual)
                        #expect(matrix.eigenvalues.contains { abs($0 - pair.value) <= pair.residual })
                        #expect(!pair.converged)
                    }
                }
            }
        }
    }

    @Test(arguments: [1, 3, 10])
    func difficultSpectraAgreeWithLapack(_ count: Int) throws {
        let spread = (0..<40).map { Double($0) * 0.01 }
        let spectra: [(name: String, values: [Double])] = [
            ("clustered at the top", spread + [1, 1 + 1e-7, 1 + 2e-7, 1 + 3e-7]),
            ("clusters", (0..<44).map { Double($0 / 11) + 1e-9 * Double($0 % 11) }),
            ("ten at the edge", spread + [Double](repeating: 2, count: 10)),
            ("twice the largest", spread + [3, 3, 1]),
            ("all negative", (0..<44).map { -1 - Double($0) }),
            ("one tiny, the rest negative", [1e-3] + (0..<43).map { -1 - Double($0) }),
            ("largest magnitude negative", [-100] + spread + [1, 2, 3]),
            ("zero", [Double](repeating: 0, count: 44)), ("rank one", [Double](repeating: 0, count: 43) + [5]),
            ("rank one, negative", [Double](repeating: 0, count: 43) + [-5]),
            ("one value", [Double](repeating: 7, count: 44)), ("tiny", spread.map { 1e-12 * $0 }),
            ("huge", spread.map { 1e12 * $0 }), ("graded", (0..<40).map { 1 / Double(1 << $0) }),
        ]
        for (name, values) in spectra {
            for seed in 1...4 as ClosedRange<UInt64> {
                let matrix = SymmetricMatrix.withSpectrum(values, seed: seed)
                let options = Options(count: count, tolerance: 1e-6, maxProducts: 3000, seed: seed)
                let leading = try Leading(matrix.problem(), options)
                let what = "\(name), seed \(seed), count \(count)"
                expectTrue(leading, matrix, options, what)
                expectLeading(leading, matrix, what)
            }
        }
    }

    @Test func everyCopyOfAMultipleEigenvalueIsFound() throws {
        for count in [3, 10] {
            for seed in 1...10 as ClosedRange<UInt64> {
                let top = [Double](repeating: 1, count: count - 1)
                let matrix = SymmetricMatrix.withSpectrum((0..<60).map { Double($0) / 100 } + top, seed: seed)
                let options = Options(count: count, tolerance: 1e-6, maxProducts: 2000, seed: seed)
                let leading = try Leading(matrix.problem(), options)
                for k in 0..<count - 1 { #expect(abs(leading.pairs[k].value - 1) < 1e-9) }
                #expect(abs(leading.pairs[count - 1].value - 0.59) < 1e-9)
            }
        }
    }

    @Test func anEigenvectorAsStartProvesNothing() throws {
        let n = 30
        let matrix = SymmetricMatrix(n: n) { $0 == $1 ? Double($0 + 1) : 0 }
        for place in 0..<n {
            for count in [1, 3] {
                let start = (0..<n).map { $0 == place ? 1.0 : 0 }
                let options = Options(count: count, tolerance: 1e-6, maxProducts: 500, seed: 3)
                let leading = try Leading(matrix.problem(), options, start: [start])
                expectTrue(leading, matrix, options, "start \(place)")
                expectLeading(leading, matrix, "start \(place)")
            }
        }
        // Useless ones are passed over.
        let useless = [[Double](repeating: 0, count: n), [Double](repeating: .nan, count: n)]
        let options = Options(tolerance: 1e-6)
        expectLeading(try Leading(matrix.problem(), options, start: useless), matrix, "useless starts")
    }

    @Test func warmStartsAreFasterAndSurviveACrossing() throws {
        let values = (0..<80).map { Double($0) / 100 }
        let options = Options(tolerance: 1e-6, maxProducts: 500, seed: 5)
        let before = SymmetricMatrix.withSpectrum(values + [1.5, 1.4], seed: 9)
        let cold = try Leading(before.problem(), options)
        let warm = try cold.process.warmVectors().map { before.problem().read($0.pointer) }
        #expect(warm.count == 2)

        let noise = SymmetricMatrix.random(82, seed: 4)
        var nearby = before
        for i in nearby.elements.indices { nearby.elements[i] += 1e-6 * noise.elements[i] }
        let again = try Leading(nearby.problem(), options, start: warm)
        expectTrue(again, nearby, options, "nearby")
        expectLeading(again, nearby, "nearby")
        #expect(again.process.products < cold.process.products)

        let crossed = SymmetricMatrix.withSpectrum(values + [1.4, 1.5], seed: 9)
        let after = try Leading(crossed.problem(), options, start: warm)
        expectTrue(after, crossed, options, "crossed")
        expectLeading(after, crossed, "crossed")

        // More vectors than products allowed.
        let short = Options(count: 1, tolerance: 1e-6, maxProducts: 1)
        #expect(try Leading(crossed.problem(), short, start: warm).process.products == 1)
    }

    /// A diagonal operator that is large, so that a random direction has little of any eigenvector: nine outliers from 1
    /// down to 0.6 over a bulk, and one of its eigenvalues that may overtake them all.
    private func outliers(_ bulk: Double, overtaking: Double, n: Int = 40_000, outliers: Double = 1) -> Problem {
        let random = Random(seed: 17)
        var values = (0..<n).map { bulk * (2 * random.uniform(UInt64($0)) - 1) }
        for k in 0..<9 { values[k] = outliers * (1 - 0.05 * Double(k)) }
        values[20] = overtaking
        let all = values
        return Problem(start: [Double](repeating: 0, count: n)) { x in
            0.5 * zip(all, x).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
        } gradient: { x in
            zip(all, x).map { $0 * $1 }
        } product: { _, v in
            zip(all, v).map { $0 * $1 }
        }
    }

    /// An eigenvalue that overtakes the others between two measurements, from a place in the spectrum where no vector was
    /// kept, while what was kept is still exact. A random direction may have next to nothing of it: that of one seed has.
    @Test(arguments: [0.01, 1.0 / 12]) func whatOvertakesIsSeen(bulk: Double) throws {
        let after = outliers(bulk, overtaking: 1.15)
        let seen = try (1...10 as ClosedRange<UInt64>).filter { seed in
            let options = Options(seed: seed)
            let cold = try Leading(outliers(bulk, overtaking: 0.2), options)
            #expect(abs(cold.pairs[0].value - 1) < 1e-3)
            let warm = try cold.process.warmVectors().map { after.read($0.pointer) }
            return abs(try Leading(after, options, start: warm).pairs[0].value - 1.15) < 2e-3
        }
        #expect(seen.count >= 9, "\(seen)")
    }

    /// With guards from an operator whose eigenvalues are a tenth off, and whose eigenvectors are turned a little.
    @Test func guardsSeeItToo() throws {
        let (before, after) = (outliers(0.01, overtaking: 0.2), outliers(0.01, overtaking: 1.15))
        let near = outliers(0.02, overtaking: 1.1, outliers: 0.9)
        for seed in 1...10 as ClosedRange<UInt64> {
            let options = Options(seed: seed)
            let start = try Leading(before, options).process.warmVectors()
            var guards = try Leading(near, Options(tolerance: 0.02, seed: seed)).process.warmVectors()
            let noise = Random(seed: seed)
            for (k, vector) in guards.enumerated() {
                let turned = after.read(vector.pointer).enumerated().map { i, value in
                    value + 0.2 * (2 * noise.uniform(UInt64(40_000 * k + i)) - 1) / 100
                }
                guards[k] = try after.space.makeVector()
                after.write(turned, to: guards[k].pointer)
            }
            for start in [start, []] {
                let process = try LeadingEigenvalues(after.space, start: start, guards: guards, options: options)
                while !process.isFinished {
                    let v = after.read(process.direction)
                    after.write(after.product!(after.start, v), to: process.product)
                    #expect(try process.absorb())
                }
                #expect(abs(process.pairs[0].value - 1.15) < 2e-3, "seed \(seed): \(process.pairs[0])")
                #expect(process.pairs[0].converged)
            }
        }
    }

    @Test func restartsLoseNothing() throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let matrix = SymmetricMatrix.random(200, seed: seed)
            for count in [1, 3, 10] {
                for type in [ElementType.f64, .f32] {
                    let options = Options(
                        count: count, tolerance: 1e-5, maxProducts: 5000, maxBasis: 2 * count + 4, seed: seed)
                    let leading = try Leading(matrix.problem(type), options)
                    #expect(leading.process.products > options.maxBasis)
                    let what = "seed \(seed), count \(count), \(type)"
                    expectTrue(leading, matrix, options, what, type: type)
                    expectLeading(leading, matrix, what)
                }
            }
        }
    }

    /// Differences of gradients of a function that is not quadratic: sums of x^4, cos and products.
    @Test func differencesReportTrueResiduals() throws {
        let n = 40
        let mixing = SymmetricMatrix.random(n, seed: 2)
        func hessian(_ x: [Double]) -> SymmetricMatrix {
            SymmetricMatrix(n: n) { i, j -> Double in
                let own: Double = i == j ? 12 * x[i] * x[i] - 3 * sin(3 * x[i]) : 0
                return 0.3 * mixing.elements[i * n + j] + own
            }
        }
        let start = (0..<n).map { 1.5 * Random(seed: 8).uniform(UInt64($0)) - 0.7 }
        for type in [ElementType.f64, .f32] {
            let problem = Problem(type, start: start) { _ in
                0
            } gradient: { x in
                zip(mixing.times(x), x).map { linear, x -> Double in 0.3 * linear + 4 * x * x * x + cos(3 * x) }
            }
            let point = type == .f64 ? start : start.map { Double(Float($0)) }
            let exact = hessian(point)
            for (count, tolerance) in [(1, 1e-3), (3, 1e-3), (1, 1e-12), (5, 1e-12), (n, 1e-12)] {
                let options = Options(count: count, tolerance: tolerance, maxProducts: 400, seed: 1)
                let leading = try Leading(problem, options, at: point, curvature: false)
                let accuracy = type == .f64 ? 1e-8 : 1e-2
                let what = "\(type), count \(count), tolerance \(tolerance)"
                expectTrue(leading, exact, options, what, type: type, accuracy: accuracy)
                if count < n { expectLeading(leading, exact, what) }
            }
        }
    }

    @Test func impossibleOptionsBecomePossible() throws {
        let matrix = SymmetricMatrix.random(4, seed: 1)
        for (count, products) in [(0, 10), (-5, 10), (Int.max, 10), (1, 0), (1, -3)] {
            let leading = try Leading(matrix.problem(), Options(count: count, maxProducts: products))
            #expect(leading.pairs.count == min(max(count, 1), 4))
        }
    }

    @Test func productsThatAreNotFiniteAreSaid() throws {
        let problem = Problem(start: [1, 2]) { _ in
            0
        } gradient: { _ in
            [0, 0]
        } product: { _, v in
            [.nan, v[1]]
        }
        let error = failure { _ = try Leading(problem, Options()) }
        #expect(error.status == EOS_E_NONFINITE)
        #expect(error.message == "a Hessian-vector product is not finite at this point")
    }
}
