import EosAnalysis
import Testing

@Suite struct MeasurementTests {
    @Test func aLineIsFitted() throws {
        let fit = try #require(LineFit(x: [1, 2, 3, 4], y: [3, 5, 7, 9]))
        #expect(abs(fit.slope - 2) < 1e-14 && abs(fit.intercept - 1) < 1e-14 && fit.count == 4)
        #expect(LineFit(x: [1, 1], y: [1, 2]) == nil && LineFit(x: [], y: []) == nil)
        #expect(LineFit(x: [1, 2], y: [.nan, 1]) == nil)
    }

    @Test func timesAreWhereTheyShouldBe() {
        #expect(SampleTimes.every(10, upTo: 25) == [0, 10, 20, 25])
        #expect(SampleTimes.every(1000, upTo: 3) == [0, 3])
        #expect(SampleTimes.even(4, upTo: 100) == [0, 26, 52, 78, 100])
        #expect(SampleTimes.even(100, upTo: 5) == [0, 1, 2, 3, 4, 5])
        let times = SampleTimes.geometricPairs(20, upTo: 1000)
        #expect(times.first == 0 && times.suffix(2) == [999, 1000] && times == times.sorted())
        #expect(Set(times).count == times.count)
        // Each but the first with its neighbour.
        #expect(times.dropFirst().allSatisfy { times.contains($0 + 1) || times.contains($0 - 1) })
        #expect(SampleTimes.geometricPairs(20, upTo: 1) == [0, 1] && SampleTimes.geometricPairs(20, upTo: 0) == [0])
    }

    /// Made-up distances with known rates.
    @Test func ratesAreFound() throws {
        let samples = SampleTimes.geometricPairs(100, upTo: 100_000).map { t in
            let side = t % 2 == 0 ? 1.0 : -1
            return RegimeSample(
                iteration: t, distance: t == 0 ? 1 : 3 / Double(t).squareRoot(),
                normalDistance: t == 0 ? 1 : side * 0.7 / Double(t).squareRoot(), sharpness: 5 + 9 / Double(t + 1))
        }
        let critical = RegimeMeasurement(samples, step: 0.4)
        #expect(abs(try #require(critical.distanceSlope).slope + 0.5) < 1e-9)
        #expect(abs(try #require(critical.normalSlope).slope + 0.5) < 1e-9)
        #expect(relativeError(try #require(critical.lastScaledDistance), 3) < 1e-12)
        #expect(relativeError(try #require(critical.lastScaledNormalDistance), 0.7) < 1e-4)
        #expect(relativeError(try #require(critical.distanceLimit), 3) < 1e-4)
        #expect(relativeError(try #require(critical.normalDistanceLimit), 0.7) < 1e-4)
        #expect(critical.belowTheEdge == nil)
        // 0.39 (5 + 9/(t + 1)) < 2 from t = 70 on.
        let crossing = try #require(RegimeMeasurement(samples, step: 0.39).belowTheEdge)
        #expect(crossing >= 70 && crossing < 85)

        let decaying = (0...600).map { t in
            RegimeSample(
                iteration: t, distance: power(0.99, Double(t)), normalDistance: 0.1 * power(-0.95, t),
                sharpness: 5)
        }
        let linear = RegimeMeasurement(decaying, step: 0.39)
        #expect(relativeError(try #require(linear.decayAlong), -logarithm(0.99)) < 1e-9)
        #expect(relativeError(try #require(linear.convergenceFactor), 0.95) < 1e-9)
        #expect(linear.distanceSlope == nil && linear.distanceLimit == nil)
        #expect(RegimeMeasurement([], step: 1).orbit == nil && RegimeMeasurement([], step: 1).decayAlong == nil)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { p, _ in p * base } }
    private func power(_ base: Double, _ exponent: Double) -> Double { power(base, Int(exponent)) }
}
