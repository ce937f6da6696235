import CEos
import EosAnalysis
import EosCore
import Testing

/// Closed forms of least-squares rates (MacDonald et al. 2025, arXiv 2510.17506) and what is measured.
@Suite struct RegimeTests {
    @Test(arguments: [2, 3, 4, 5, 7, 12], [0.5, 1, 2, -3])
    func theClosedFormsOfAProduct(depth: Int, target: Double) throws {
        let minimum = try FlattestMinimum.product(depth: depth, target: target)
        let (p, y) = (Double(depth), abs(target))
        #expect(relativeError(minimum.sharpness, p * power(y, 2 - 2 / p)) < 1e-13)
        #expect(relativeError(minimum.curvature, 4 * power(y, 2 - 4 / p)) < 1e-13)
        let c = 4 * (p - 1) * (5 * p - 4) / (3 * p) * power(y, -2 / p)
        #expect(relativeError(minimum.flipCoefficient(step: 2 / minimum.sharpness), c) < 1e-12)
    }

    /// The search, from values and gradients alone, comes to the closed forms.
    @Test(arguments: [(2, 1), (3, 2), (4, 0.5), (5, 1), (7, 2), (3, -2)])
    func theSearchFindsTheFlattestProduct(depth: Int, target: Double) throws {
        let scale = power(abs(target), 1 / Double(depth))
        var start = randomVector(depth, seed: 4).map { scale * (1 + 0.15 * $0) }
        if target < 0 { start[0] = -start[0] }
        let search = try FlattestSearch(
            try ArrayObjective(try Plugins.product(start, target: target)), from: start, towards: start)
        let expected = try FlattestMinimum.product(depth: depth, target: target)
        for entry in search.minimum.point { #expect(relativeError(abs(entry), scale) < 1e-7) }
        #expect(relativeError(search.constants.sharpness, expected.sharpness) < 1e-10)
        #expect(relativeError(search.constants.curvature, expected.curvature) < 1e-6)
        let step = 2 / expected.sharpness
        #expect(
            relativeError(search.constants.flipCoefficient(step: step), expected.flipCoefficient(step: step)) < 1e-6)
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 0.5), (2, -1.5)])
    func theSearchFindsTheFlattestInnerProduct(size: Int, target: Double) throws {
        let scale = (abs(target) / Double(size)).squareRoot()
        var start = randomVector(2 * size, seed: 9).map { scale * (1 + 0.2 * $0) }
        if target < 0 { for i in 0..<size { start[i] = -start[i] } }
        let search = try FlattestSearch(
            try ArrayObjective(try Plugins.innerProduct(start, target: target)), from: start, towards: start)
        let expected = try FlattestMinimum.innerProduct(target: target)
        #expect(relativeError(search.constants.sharpness, expected.sharpness) < 1e-10)
        #expect(relativeError(search.constants.curvature, expected.curvature) < 1e-6)
        let step = 2 / expected.sharpness
        #expect(relativeError(expected.flipCoefficient(step: step), 4 / abs(target)) < 1e-13)
        #expect(relativeError(search.constants.flipCoefficient(step: step), 4 / abs(target)) < 1e-6)
        // u = v, or u = -v.
        let point = search.minimum.point
        for i in 0..<size { #expect(abs(point[i] - (target < 0 ? -1 : 1) * point[size + i]) < 1e-7) }
    }

    /// An inner product of single numbers is a product of two.
    @Test func bothFamiliesMeet() throws {
        let product = try FlattestMinimum.product(depth: 2, target: 3)
        let inner = try FlattestMinimum.innerProduct(target: 3)
        #expect(relativeError(product.sharpness, inner.sharpness) < 1e-14)
        #expect(relativeError(product.curvature, inner.curvature) < 1e-14)
        #expect(relativeError(product.third, inner.third) < 1e-14)
        #expect(relativeError(product.fourth, inner.fourth) < 1e-14)
    }

    /// c(eta, theta) by differences at points of M that are not the flattest, against r = F - y along the normal.
    @Test func theDerivativesAlongTheNormal() throws {
        let x = [1.5, 0.8, 1 / 1.2]
        let objective = try ArrayObjective(try Plugins.product(x))
        let gradient = x.map { 1 / $0 }
        let n = gradient.map { $0 / norm(gradient) }
        // F(x + t n) = (x1 + t n1)(x2 + t n2)(x3 + t n3): coefficients of t, t^2, t^3.
        let first = norm(gradient)
        let second = 2 * (n[0] * n[1] * x[2] + n[0] * x[1] * n[2] + x[0] * n[1] * n[2])
        let third = 6 * n[0] * n[1] * n[2]
        let measured = try NormalDerivatives(objective, at: x, along: n)
        #expect(relativeError(measured.third, 3 * first * second) < 1e-7)
        #expect(relativeError(measured.fourth, 3 * second * second + 4 * first * third) < 1e-6)
    }

    @Test func theRegimeIsThatOfTheStep() throws {
        let minimum = try FlattestMinimum.product(depth: 5, target: 1)
        #expect(RegimePrediction(minimum, step: 0.39).regime == .subcritical)
        #expect(RegimePrediction(minimum, step: 0.4).regime == .critical)
        #expect(RegimePrediction(minimum, step: 0.41).regime == .supercritical)
        let critical = RegimePrediction(minimum, step: 0.4)
        // a = 0.8, c = 22.4.
        #expect(relativeError(critical.criticalDistance, (21.6 / 1.28).squareRoot()) < 1e-12)
        #expect(relativeError(critical.criticalNormalDistance, 1 / 1.6.squareRoot()) < 1e-12)
        #expect(critical.orbitAmplitude.isNaN && critical.twoStepMultiplier.isNaN && critical.decayAlong.isNaN)
        let above = RegimePrediction(minimum, step: 0.41)
        #expect(relativeError(above.twoStepMultiplier, 0.8) < 1e-12 && above.criticalDistance.isNaN)
    }

    /// The two limits of the critical regime, for depths and targets of all sorts.
    @Test(arguments: [(3, 1), (4, 2), (5, 1), (7, 0.5)])
    func theCriticalLimits(depth: Int, target: Double) throws {
        let scale = power(target, 1 / Double(depth))
        // Far enough from the flattest minimum: from a distance d the limits begin to show after about (4/d)^2 iterations.
        let start = randomVector(depth, seed: 2).map { scale * (1 + 0.3 * $0) }
        try Self.expectCriticalLimits(
            try Plugins.product(start, target: target), try FlattestMinimum.product(depth: depth, target: target))
    }

    @Test(arguments: [(1, 1), (3, 2), (2, -0.5)])
    func theCriticalLimitsOfAnInnerProduct(size: Int, target: Double) throws {
        let scale = (abs(target) / Double(size)).squareRoot()
        var start = randomVector(2 * size, seed: 5).map { scale * (1 + 0.3 * $0) }
        if target < 0 { for i in 0..<size { start[i] = -start[i] } }
        try Self.expectCriticalLimits(
            try Plugins.innerProduct(start, target: target), try FlattestMinimum.innerProduct(target: target))
    }

    private static func expectCriticalLimits(_ objective: any Objective, _ minimum: FlattestMinimum) throws {
        let step = 2 / minimum.sharpness
        let prediction = RegimePrediction(minimum, step: step)
        #expect(prediction.regime == .critical)
        let trace = try RegimeTrace(
            objective, step: step, times: SampleTimes.geometricPairs(100, upTo: 400_000))
        let measured = RegimeMeasurement(trace.samples, step: step)
        // What is left at iteration t falls as t^(-1/2).
        #expect(relativeError(try #require(measured.lastScaledDistance), prediction.criticalDistance) < 0.015)
        #expect(
            relativeError(try #require(measured.lastScaledNormalDistance), prediction.criticalNormalDistance) < 0.015)
        #expect(relativeError(try #require(measured.distanceLimit), prediction.criticalDistance) < 0.004)
        #expect(relativeError(try #require(measured.normalDistanceLimit), prediction.criticalNormalDistance) < 0.004)
        #expect(abs(try #require(measured.distanceSlope).slope + 0.5) < 0.02)
        #expect(abs(try #require(measured.normalSlope).slope + 0.5) < 0.02)
    }

    /// Amplitude, multiplier and decay to their leading order in alpha: what is left is of the next one.
    @Test(arguments: [0.01, 0.05], [(3, 1.0), (5, 1), (4, 2)])
    func theSupercriticalOrbit(alpha: Double, problem: (depth: Int, target: Double)) throws {
        let minimum = try FlattestMinimum.product(depth: problem.depth, target: problem.target)
        let step = (2 + alpha) / minimum.sharpness
        let prediction = RegimePrediction(minimum, step: step)
        let scale = power(problem.target, 1 / Double(problem.depth))
        let start = randomVector(problem.depth, seed: 3).map { scale * (1 + 0.05 * $0) }
        let objective = try Plugins.product(start, target: problem.target)
        let trace = try RegimeTrace(
            objective, step: step, times: SampleTimes.geometricPairs(200, upTo: Int(200 / alpha) + 2000))
        let measured = RegimeMeasurement(trace.samples, step: step)
        #expect(relativeError(try #require(measured.lastAmplitude), prediction.orbitAmplitude) < alpha)
        #expect(abs(try #require(trace.twoStepMultiplier) - prediction.twoStepMultiplier) < 2 * alpha * alpha)
        #expect(relativeError(try #require(measured.decayAlong), prediction.decayAlong) < 2 * alpha)
        // And the orbit on the normal line is the orbit, to all digits.
        let n = Array(repeating: 1 / Double(problem.depth).squareRoot(), count: problem.depth)
        let orbit = try #require(
            try NormalLineOrbit(
                try ArrayObjective(objective), at: Array(repeating: scale, count: problem.depth), along: n,
                prediction: prediction))
        let (upper, lower) = try #require(measured.orbit)
        #expect(relativeError(upper, orbit.upper) < 1e-4 && relativeError(lower, orbit.lower) < 1e-4)
        #expect(abs(orbit.multiplier - (try #require(trace.twoStepMultiplier))) < 1e-4)
    }

    /// The figures of the specification: alpha = .05, five factors.
    @Test func theFiguresOfTheOrbit() throws {
        let minimum = try FlattestMinimum.product(depth: 5, target: 1)
        let ones = Array(repeating: 1.0, count: 5)
        let orbit = try #require(
            try NormalLineOrbit(
                try ArrayObjective(try Plugins.product(ones)), at: ones, along: ones.map { $0 / 5.squareRoot() },
                prediction: RegimePrediction(minimum, step: 0.41)))
        #expect(abs(orbit.upper - 0.04108) < 1e-5 && abs(orbit.lower + 0.05288) < 1e-5)
        #expect(abs(orbit.multiplier - 0.79988) < 1e-5)
    }

    @Test(arguments: [[1.3, 1, 0.8, 1.1, 0.9], [1.2, 1.25, 0.8, 0.9, 1]])
    func theSubcriticalRegime(start: [Double]) throws {
        let objective = try Plugins.product(start)
        let minimum = try FlattestMinimum.product(depth: 5, target: 1)
        let trace = try RegimeTrace(objective, step: 0.39, times: SampleTimes.geometricPairs(200, upTo: 12_000))
        let measured = RegimeMeasurement(trace.samples, step: 0.39)
        let (first, last) = (trace.samples[0], trace.samples.last!)
        #expect(0.39 * first.sharpness > 2 && 0.39 * last.sharpness < 2)
        let crossing = try #require(measured.belowTheEdge)
        #expect(crossing > 0 && crossing < 12_000)
        // Flatter than the start, but not the flattest.
        #expect(last.sharpness > minimum.sharpness + 0.01 && last.distance > 0.01)
        let prediction = RegimePrediction(minimum, step: 0.39)
        let factor = prediction.convergenceFactor(sharpness: last.sharpness)
        #expect(relativeError(try #require(measured.convergenceFactor), factor) < 1e-5)
    }

    /// Nothing that the analysis says is said of what it is not for.
    @Test func otherProblemsAreRefused() throws {
        // Two residuals.
        let quadratic = try TestFunction.make(from: [1, 1, 1]) { x in
            (x[0] * x[0] + 2 * x[1] * x[1], [2 * x[0], 4 * x[1], 0])
        }
        // No zero.
        let positive = try TestFunction.make(from: [1, 1]) { x in
            (1 + x[0] * x[0] + x[1] * x[1], [2 * x[0], 2 * x[1]])
        }
        // Negative.
        let negative = try TestFunction.make(from: [1, 1]) { x in (x[0] * x[1] - 5, [x[1], x[0]]) }
        // One parameter.
        let line = try TestFunction.make(from: [1]) { x in (x[0] * x[0], [2 * x[0]]) }
        // Single precision.
        let network = try Plugins.make(
            "mlp", "layers=[16,10] data.generator=clusters data.train=20 data.test=10 dtype=f32")
        for (objective, start) in [
            (quadratic, [1.0, 1, 1]), (positive, [1, 1]), (negative, [1, 1]), (line, [1]),
            (network, Array(repeating: 0.1, count: 170)),
        ] {
            let error = try #require(throws: EosError.self) {
                _ = try FlattestSearch(try ArrayObjective(objective), from: start)
            }
            #expect(error.status == EOS_E_UNSUPPORTED)
        }
        #expect(throws: EosError.self) { _ = try FlattestMinimum.product(depth: 1, target: 1) }
        #expect(throws: EosError.self) { _ = try FlattestMinimum.product(depth: 3, target: 0) }
        #expect(throws: EosError.self) { _ = try FlattestMinimum.innerProduct(target: 0) }
        #expect(throws: EosError.self) { _ = try RegimeTrace(quadratic, step: 0.1, times: [0, 1]) }
    }

    /// A function that is no plugin's: f = x^2 y + y^3, whose flattest minimum has no closed form here; lambda along M is
    /// held against a walk along M.
    @Test func anyResidualIsSearched() throws {
        func residual(_ x: [Double]) -> Double { x[0] * x[0] * x[1] + x[1] * x[1] * x[1] - 2 }
        func gradient(_ x: [Double]) -> [Double] { [2 * x[0] * x[1], x[0] * x[0] + 3 * x[1] * x[1]] }
        let objective = try ArrayObjective(
            try TestFunction.make(from: [1.2, 0.9]) { x in
                (residual(x) * residual(x) / 2, gradient(x).map { residual(x) * $0 })
            })
        let search = try FlattestSearch(objective, from: [1.2, 0.9])
        // M is x = sqrt((2 - y^3) / y).
        var best = Double.infinity
        for k in 1...200_000 {
            let y = 1.25 * Double(k) / 200_000
            let square = (2 - y * y * y) / y
            guard square > 0 else { continue }
            let g = gradient([square.squareRoot(), y])
            best = min(best, dot(g, g))
        }
        #expect(relativeError(search.constants.sharpness, best) < 1e-7)
        // The step that gives alpha = 0.02 has its orbit of period two, seen by descending.
        let step = 2.02 / search.constants.sharpness
        let prediction = RegimePrediction(search.constants, step: step)
        var x = search.minimum.point.map { $0 * 1.01 }
        var before = x
        for _ in 0..<40_000 {
            before = x
            x = zip(x, try objective.gradient(x).gradient).map { $0 - step * $1 }
        }
        let amplitude = norm(zip(x, before).map { $0 - $1 }) / 2
        #expect(relativeError(amplitude, prediction.orbitAmplitude) < 0.05)
    }
}
