import EosAnalysis
import EosCore
import Testing

@Suite struct SegmentSmoothnessTests {
    /// Along a step the gradient of a quadratic changes by A times it: l = |A g| / |g|, whatever the step.
    @Test(arguments: [1e-3, 0.5, 40])
    func ofAQuadraticIsConstant(step: Double) throws {
        let eigenvalues = [5, 2, 0.5]
        let objective = try TestFunction.make(from: [1, -2, 3]) { x in
            (0.5 * dot(eigenvalues, zip(x, x).map { $0 * $1 }), zip(eigenvalues, x).map { $0 * $1 })
        }
        let g = [5, -4, 1.5]
        let expected = norm(zip(eigenvalues, g).map { $0 * $1 }) / norm(g)
        for segment in try Self.measure(objective, [1, -2, 3], [step, 2 * step]) {
            #expect(relativeError(segment.smoothness, expected) < 1e-7)
        }
        let values = try Self.measure(objective, [1, -2, 3], [step])[0].value
        let moved = zip([1, -2, 3], g).map { $0 - step * $1 }
        #expect(relativeError(values, 0.5 * dot(eigenvalues, zip(moved, moved).map { $0 * $1 })) < 1e-12)
    }

    /// f = x^4/4: with u = t x^2 the ratio is x^2 (3 - 3u + u^2), whose supremum is at one end of the segment: 3 x^2 at
    /// t -> 0 unless u > 3 at the other.
    @Test(arguments: [0.1, 0.7, 2.9, 3.2, 5])
    func ofAQuarticIsAtAnEnd(u: Double) throws {
        let objective = try TestFunction.make(from: [1.5]) { x in
            (x[0] * x[0] * x[0] * x[0] / 4, [x[0] * x[0] * x[0]])
        }
        let square = 1.5 * 1.5
        let segment = try Self.measure(objective, [1.5], [u / square])[0]
        #expect(relativeError(segment.smoothness, square * max(3, 3 - 3 * u + u * u)) < 1e-7)
        #expect((segment.position == 0) == (u < 3))
    }

    /// f = -cos x from x = 2, a step long enough for a maximum inside: held against a million points.
    @Test func isFoundInside() throws {
        let objective = try TestFunction.make(from: [2]) { x in (1 - cosine(x[0]), [sine(x[0])]) }
        let g = sine(2)
        func ratio(_ t: Double) -> Double { abs(g - sine(2 - t * g)) / (t * g) }
        let step = 8.0
        let largest = (1...1_000_000).map { ratio(step * Double($0) / 1e6) }.max()!
        let segment = try Self.measure(objective, [2], [step])[0]
        #expect(segment.position > 0.1 && segment.position < step - 0.1)
        #expect(segment.smoothness <= largest * (1 + 1e-9))
        #expect(relativeError(segment.smoothness, largest) < 1e-6)
    }

    @Test func neverFallsWithTheStep() throws {
        let objective = try Plugins.product([3, 0.5, 0.6, 0.4])
        let segments = try Self.measure(objective, [3, 0.5, 0.6, 0.4], [0.01, 0.1, 0.3, 1, 3])
        for (a, b) in zip(segments, segments.dropFirst()) { #expect(a.smoothness <= b.smoothness) }
        // A step below 2/l descends (Flatland), as far as l is not below the true one by more than the sampling.
        let (value, _) = try ArrayObjective(objective).gradient([3, 0.5, 0.6, 0.4])
        for segment in segments where segment.length < 1.99 / segment.smoothness { #expect(segment.value < value) }
    }

    @Test func withoutAGradientItIsZero() throws {
        let objective = try TestFunction.make(from: [0]) { x in (x[0] * x[0], [2 * x[0]]) }
        #expect(try Self.measure(objective, [0], [1])[0].smoothness == 0)
    }

    @Test func whereTheFunctionEndsItIsInfinite() throws {
        let objective = try TestFunction.make(from: [1]) { x in
            x[0] > 0 ? (x[0] - 0.5 * logarithm(x[0]), [1 - 0.5 / x[0]]) : (.nan, [.nan])
        }
        let segments = try Self.measure(objective, [1], [0.3, 2.5])
        #expect(segments[0].smoothness.isFinite && segments[1].smoothness == .infinity && segments[1].value.isNaN)
    }

    /// In single precision differences of gradients near t = 0 would be rounding: the limit comes from a product.
    @Test func singlePrecisionAgreesWithDouble() throws {
        let keys = "layers=[16,12,10] activation=tanh data.generator=clusters data.train=40 data.test=10 dtype="
        let values = try ["f32", "f64"].map { dtype in
            let objective = try Plugins.make("mlp", keys + dtype)
            let point = try ArrayObjective(objective).initialPoint(seed: 1)
            return try Self.measure(objective, point, [0.2, 0.4, 5])
        }
        for (single, double) in zip(values[0], values[1]) {
            #expect(relativeError(single.smoothness, double.smoothness) < 1e-3)
        }
    }

    private static func measure(
        _ objective: any Objective, _ point: [Double], _ lengths: [Double]
    ) throws -> [SegmentSmoothness.Segment] {
        let space = objective.space
        let w = try space.makeVector()
        let g = try space.makeVector()
        space.fill(w.pointer) { point[$0] }
        _ = try objective.evaluate(at: w.pointer, gradient: g.pointer)
        return try SegmentSmoothness(objective).measure(at: w.pointer, gradient: g.pointer, lengths: lengths)
    }
}
