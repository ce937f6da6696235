import EosCore
import Glibc
import Testing

/// Eigenvalues of Hessians by differences of gradients: the residual says how far off they are at most.
@Suite struct DifferencesTests {
    typealias Options = LeadingEigenvalues.Options

    /// A sum of functions of one coordinate each: its Hessian is diagonal.
    private func separable(
        _ type: ElementType, at x: [Double], gradient: @escaping (Int, Double) -> Double
    ) -> Problem {
        Problem(type, start: x) { _ in
            0
        } gradient: { x in
            x.indices.map { gradient($0, x[$0]) }
        }
    }

    private func leading(_ problem: Problem, _ options: Options = Options()) throws -> Leading {
        try Leading(problem, options, curvature: false)
    }

    /// - Parameter value: the largest eigenvalue at the point as the element type has it.
    private func expect(
        _ leading: Leading, _ value: Double, _ what: String, converged: Bool = true,
        location: SourceLocation = #_sourceLocation
    ) {
        let pair = leading.pairs[0]
        #expect(abs(pair.value - value) <= pair.residual, "\(what): \(pair), not \(value)", sourceLocation: location)
        if converged { #expect(pair.converged, "\(what): \(pair)", sourceLocation: location) }
        if pair.converged { #expect(abs(pair.value - value) <= 2e-3 * abs(value), "\(what)", sourceLocation: location) }
        #expect(leading.process.products <= leading.process.options.maxProducts, sourceLocation: location)
    }

    /// x^4/4 with one coordinate that is three times the others.
    @Test(arguments: [(10, ElementType.f64), (1000, .f64), (1000, .f32), (100_000, .f64), (1_000_000, .f32)])
    func oneLargeCoordinateAmongMany(_ n: Int, _ type: ElementType) throws {
        for size in n > 1000 ? [1] : [1e-6, 1e-3, 1, 1e6] {
            let x = (0..<n).map { $0 == n / 2 ? 3 * size : size }
            let rounded = type == .f64 ? x[n / 2] : Double(Float(x[n / 2]))
            let problem = separable(type, at: x) { $1 * $1 * $1 / (size * size) }
            expect(try leading(problem), 3 * rounded * rounded / (size * size), "n \(n), \(type), size \(size)")
        }
    }

    /// The same function in other units of x and of f.
    @Test(arguments: [1e-150, 1e-100, 1e-6, 1e-3, 1, 1e6, 1e100, 1e150]) func unitsDoNotMatter(_ size: Double) throws {
        for factor in [1e-100, 1, 1e100] {
            let problem = separable(.f64, at: [size, -2 * size, 0, size / 3]) { factor * pow($1 / size, 3) / size }
            let value = 12 * factor / size / size
            guard (1e-290...1e290).contains(value) else { continue }
            expect(try leading(problem), value, "size \(size), factor \(factor)")
        }
    }

    @Test func coordinatesOfAllSizes() throws {
        let random = Random(seed: 3)
        let sizes = (0..<200).map { pow(10, 12 * random.uniform(UInt64($0)) - 6) }
        let quartic = separable(.f64, at: sizes) { $1 * $1 * $1 }
        expect(try leading(quartic), 3 * pow(sizes.max()!, 2), "the largest is the steepest")
        let own = separable(.f64, at: sizes) { pow($1 / sizes[$0], 3) / sizes[$0] }
        expect(try leading(own), 3 / pow(sizes.min()!, 2), "the smallest is the steepest", converged: false)
        let zeros = separable(.f64, at: sizes.indices.map { $0 % 3 == 0 ? 0 : 1 }) { exp($1) * ($0 == 0 ? 50 : 1) }
        expect(try leading(zeros), 50, "the steepest is zero")
        expect(try leading(separable(.f64, at: [0, 0, 0]) { sin($1) * Double($0) }), 2, "all are zero")
    }

    /// Functions that change over much smaller distances than their coordinates are large.
    @Test(arguments: [ElementType.f64, .f32]) func farFromZero(_ type: ElementType) throws {
        let x = (0..<1000).map { $0 == 0 ? 1000.0 : 100 + 0.003 * Double($0) }
        let problem = separable(type, at: x) { cos($1) + 2 * $1 }
        let point = type == .f64 ? x : x.map { Double(Float($0)) }
        expect(
            try leading(problem, Options(maxProducts: 300)), point.map { 2 - sin($0) }.max()!, "\(type)",
            converged: type == .f64)
        let bowl = separable(type, at: [1e4 + 1, 1e4]) { Double($0 + 1) * ($1 - 1e4) }
        expect(try leading(bowl), 2, "a bowl far away", converged: type == .f64)
    }

    /// Where gradients are noisy no flag is set that the noise does not allow.
    @Test(arguments: [1e-7, 1e-5, 1e-3, 1e-1]) func noisyGradients(_ noise: Double) throws {
        for (seed, n) in [(1 as UInt64, 30), (2, 30), (3, 300)] {
            var calls: UInt64 = 0
            let random = Random(seed: seed)
            let problem = Problem(.f32, start: (0..<n).map { 1 + Double($0) / Double(n) }) { _ in
                0
            } gradient: { x in
                calls += 1
                return x.indices.map { i in
                    let error = 2 * random.uniform(calls * UInt64(n) + UInt64(i)) - 1
                    return pow(x[i], 3) * (1 + noise * error)
                }
            }
            let last = Double(Float(1 + Double(n - 1) / Double(n)))
            expect(
                try leading(problem), 3 * last * last, "noise \(noise), seed \(seed)", converged: noise < 1e-6)
        }
    }

    /// Nearly quadratic functions have no error of cutting.
    @Test(arguments: [ElementType.f64, .f32]) func nearlyQuadratic(_ type: ElementType) throws {
        let problem = separable(type, at: (0..<50).map { 1 + 0.1 * Double($0) }) {
            Double($0 + 1) * ($1 + 1e-9 * $1 * $1)
        }
        expect(try leading(problem), 50, "\(type)")
        let three = try leading(problem, Options(count: 3))
        for (k, pair) in three.pairs.enumerated() {
            #expect(pair.converged && abs(pair.value - Double(50 - k)) <= pair.residual, "\(type), \(pair)")
        }
    }

    /// Coordinates that are almost zero, beside which the function does not change: rounding hides the usual
    /// differences altogether, and wider ones show the product.
    @Test(arguments: [ElementType.f64, .f32], [0, 1e-300, 1e-30, 1e-12, 1e-6])
    func coordinatesThatAreAlmostZero(_ type: ElementType, _ size: Double) throws {
        for n in [1, 3, 100] {
            let x = (0..<n).map { size * (1 + 0.1 * Double($0 % 5)) }
            // There rounding leaves the product, but few of its digits.
            let isBetween = size == (type == .f64 ? 1e-12 : 1e-6)
            let problem = separable(type, at: x) { exp($1) * (1 + Double($0) / 200) }
            expect(
                try leading(problem), exp(x[n - 1]) * (1 + Double(n - 1) / 200), "n \(n), \(type), size \(size)",
                converged: !isBetween)
        }
    }

    /// The Hessian of a linear function, and of a sine at 0, is zero: a value within a bound, and no failure.
    @Test(arguments: [ElementType.f64, .f32], [0, 1e-12, 1, 1e6])
    func vanishingHessians(_ type: ElementType, _ size: Double) throws {
        for n in [1, 2, 50] {
            let linear = separable(type, at: [Double](repeating: size, count: n)) { i, _ in Double(i + 1) }
            let pair = try leading(linear).pairs[0]
            #expect(pair.value == 0 && pair.residual.isFinite, "n \(n), size \(size): \(pair)")
            let sine = separable(type, at: [Double](repeating: 0, count: n)) { cos($1) * Double($0 + 1) }
            #expect(try leading(sine).pairs[0].value == 0, "n \(n)")
        }
    }

    /// A quadratic at 0 has an error of rounding alone, and that is counted whole.
    @Test(arguments: [ElementType.f64, .f32]) func roundingAloneIsBounded(_ type: ElementType) throws {
        for scale in [1e-20, 1e-6, 1 / 3.0, 1, 7, 1e15] {
            for n in 1...4 {
                let problem = separable(type, at: [Double](repeating: 0, count: n)) {
                    scale * (1 + Double($0) / Double(n)) * $1
                }
                expect(try leading(problem), scale * (1 + Double(n - 1) / Double(n)), "n \(n), scale \(scale)")
            }
        }
    }

    /// The logarithm of a coordinate that is small beside the others is not a number at the usual width.
    @Test func aProductBesideAWall() throws {
        let x = [1, 1, 1e-9]
        let problem = Problem(.f64, start: x) { x in
            -x.reduce(0) { $0 + log($1) }
        } gradient: { x in
            x.map { -1 / $0 }
        }
        problem.saysRecoverable = true
        let space = problem.space
        let (point, v, out) = (try space.makeVector(), try space.makeVector(), try space.makeVector())
        problem.write(x, to: point.pointer)
        problem.write([1, 1, 1], to: v.pointer)
        let curvature = try ObjectiveCurvature(try problem.objective(curvature: false), at: point.pointer)
        try curvature.multiply(v.pointer, into: out.pointer)
        // The width is up to half of the last coordinate: 1/(x (1 - 1/4)) instead of 1/x at most.
        for (product, exact) in zip(problem.read(out.pointer), [1, 1, 1e18]) {
            #expect(abs(product / exact - 1) < 1.0 / 3)
        }
    }

    /// Two products or fewer can't be measured.
    @Test func aPairThatWasNotMeasuredHasNoBound() throws {
        let problem = separable(.f64, at: [1, 2]) { $1 * $1 * $1 }
        for products in 1...12 {
            let one = try leading(problem, Options(maxProducts: products))
            #expect(one.process.products <= products)
            #expect(abs(one.pairs[0].value - 12) <= one.pairs[0].residual || one.pairs[0].residual >= 9)
        }
    }

    /// Saved and resumed between any two gradients, those that measure errors included.
    @Test(arguments: [ElementType.f64, .f32]) func measurementsResumeToTheSameBits(_ type: ElementType) throws {
        let training = Training(
            id: "constant", keys: "step=0.001",
            settings: "stop.iterations=4 sharpness.every=2 sharpness.tolerance=1e-7 sharpness.count=2")
        func problem() -> Problem {
            Problem(type, start: [1, 1.1, 0, -2, 300]) { x in
                x.reduce(0) { $0 + cos($1) + $1 * $1 }
            } gradient: { x in
                x.map { 2 * $0 - sin($0) }
            }
        }
        #expect(try training.interrupted(problem()) == training.run(problem()))
    }
}
