import CEos
import EosCore
import Testing

@Suite struct ProductTests {
    /// Acceptance figures of "Convergence rates on the edge of stability" (2025, arXiv 2510.17506), five factors.
    static let start = [1.1, 1.0, 0.9, 1.05, 0.97]

    @Test func theProjectionOfTheStartHasItsFigures() throws {
        let metrics = try Self.subject(start: Self.start).measure(Self.start)
        #expect(relativeError(metrics[0], 0.15305363577) < 1e-10)
        #expect(relativeError(metrics[1], 0.00368871788) < 1e-8)
        #expect(relativeError(metrics[2], 5.04787049408) < 1e-11)
    }

    @Test(arguments: [
        (0.398, 1000, [0.128221559, 0.0124330525, 5.0331995089]),
        (0.400, 1000, [0.101945966, 0.0185742932, 5.0208000707]),
        (0.400, 10000, [0.0401143656, 0.00753520376, 5.0031992367]),
        (0.410, 1000, [0.0237642574, 0.0412447881, 5.0011243909]),
    ])
    func gradientDescentReachesThePublishedPoints(step: Double, iterations: Int, expected: [Double]) throws {
        let subject = try Self.subject(start: Self.start)
        let metrics = try subject.measure(Self.descend(subject, step: step, iterations: iterations))
        for (metric, figure) in zip(metrics, expected) { #expect(relativeError(metric, figure) < 1e-6) }
    }

    @Test(arguments: [(0, 2.06031544), (100, 2.03524034), (1000, 1.99989635)])
    func theSharpnessOnTheMinimumFallsBelowTheThreshold(iterations: Int, expected: Double) throws {
        let subject = try Self.subject(start: [1.3, 1.0, 0.8, 1.1, 0.9])
        let metrics = try subject.measure(Self.descend(subject, step: 0.39, iterations: iterations))
        #expect(relativeError(0.39 * metrics[2], expected) < 1e-8)
    }

    @Test func aboveTheThresholdAnOrbitOfPeriodTwoRemains() throws {
        let subject = try Self.subject(start: Self.start)
        let sides = try [6000, 6001].map { try subject.measure(Self.descend(subject, step: 0.41, iterations: $0))[1] }
        #expect(abs(sides.max()! - 0.04108) < 1e-5)
        #expect(abs(sides.min()! + 0.05288) < 1e-5)
    }

    /// Points with no, one and two zeros and with minus signs: nothing is divided by an entry.
    @Test(arguments: [
        [3, 0.5, 0.6, 0.4], [0, 1.5, 2, 1], [0, 0, 2, 1], [0, 0, 0, 1], [-1, 1.5, -2, 1], [-1, 1.5, 2, 1],
    ])
    func derivativesAgreeWithDifferences(x: [Double]) throws {
        let subject = try Subject("product", "target=2.5")
        let gradient = try subject.gradient(x).gradient
        let hessian = try subject.products(x, (0..<4).map { unitVector(4, $0) })
        for i in 0..<4 {
            let slope = try difference(step: 1e-3) { try subject.value(moved(x, by: $0, along: unitVector(4, i))) }
            #expect(abs(slope - gradient[i]) <= 1e-9 * max(1, abs(gradient[i])))
            let column = try difference(step: 1e-3) { t in
                try subject.gradient(moved(x, by: t, along: unitVector(4, i))).gradient
            }
            for j in 0..<4 {
                #expect(abs(column[j] - hessian[i][j]) <= 1e-9 * max(1, abs(column[j])))
                #expect(hessian[i][j] == hessian[j][i])
            }
        }
    }

    /// q = x - s n with n along the gradient of the product, on M: tested without repeating the bisection.
    /// At (4, 4, 4, 0.2) the smallest entry takes the lower root.
    @Test(arguments: [[3, 0.5, 0.6, 0.4], [3, 3, 3, 0.1], [5, 0.2, 1, 0.1], [4, 4, 4, 0.2], [0.1, 0.1, 0.1, 0.1]])
    func theMetricsBelongToAPointOnTheMinimum(x: [Double]) throws {
        let subject = try Subject("product", "target=2.5")
        let metrics = try subject.measure(x)
        // With |grad F|^2 = y^2 sum 1/q_i^2 = sharpness, x_i = q_i + a / q_i for a = s y / |grad F|.
        let a = metrics[1] * 2.5 / metrics[2].squareRoot()
        let upper = x.map { ($0 + ($0 * $0 - 4 * a).squareRoot()) / 2 }
        var lower = upper
        lower[3] = a / upper[3]
        let q = try #require([upper, lower].first { abs($0.reduce(1, *) - 2.5) < 1e-9 })
        let flattest = 2.5.squareRoot().squareRoot()
        #expect(abs(metrics[0] - norm(q.map { $0 - flattest })) < 1e-8)
        #expect(relativeError(abs(metrics[1]), norm(zip(x, q).map { $0 - $1 })) < 1e-8)
        #expect((metrics[1] < 0) == (x.reduce(1, *) < 2.5))
        #expect(relativeError(try subject.eigenvalues(q, count: 1)[0], metrics[2]) < 1e-7)
    }

    @Test func withoutAMinimumOnItsSideThereAreNoMetrics() throws {
        #expect(try Subject("product", "target=-1").measure([1, 1, 1, 1]).allSatisfy(\.isNaN))
        #expect(try Subject("product", "target=1").measure([-1, 1, 1, 1]).allSatisfy(\.isNaN))
        #expect(try Subject("product", "target=1").measure([.nan, 1, 1, 1]).allSatisfy(\.isNaN))
        let mirrored = try Subject("product", "target=1").measure([-1.2, 1, -0.9, 1])
        #expect(mirrored == (try Subject("product", "target=1").measure([1.2, 1, 0.9, 1])))
    }

    @Test func startsWhereItIsTold() throws {
        #expect(try Subject("product", "").initialPoint(seed: 9) == [3, 0.5, 0.6, 0.4])
        #expect(try Self.subject(start: Self.start).initialPoint(seed: 9) == Self.start)
        let drawn = try Subject("product", "depth=6")
        #expect(try drawn.initialPoint(seed: 9) == randomVector(6, seed: 9).map { 1 + $0 / 10 })
        #expect(try drawn.initialPoint(seed: 9) != drawn.initialPoint(seed: 10))
    }

    @Test func overflowIsRecoverable() throws {
        let subject = try Subject("product", "")
        let both = Int(EOS_WANT_VALUE | EOS_WANT_GRADIENT)
        #expect(subject.evaluate([1e200, 1e200, 1, 1], want: both, id: 1).status == EOS_RECOVERABLE)
        #expect(subject.evaluate([1, .nan, 1, 1], want: both, id: 2).status == EOS_RECOVERABLE)
    }

    @Test(arguments: [
        ("depth=5 start=[1,2]", ["start has 2 entries", "depth = 5"]),
        ("start=[]", ["start has 0 entries", "depth = 4"]),
        ("depth=0", ["depth = 0", "out of range"]),
        ("depth=2.5", ["depth = 2.5", "an integer"]),
        ("dtype=f32", ["dtype = \"f32\"", "f64"]),
        ("target=one", ["target = \"one\"", "a number"]),
        ("dept=5", ["unknown key dept", "did you mean depth?"]),
    ])
    func badSettingsAreRefused(settings: String, fragments: [String]) {
        expectRefusal("product", settings, status: EOS_E_CONFIG, saying: fragments)
    }

    private static func subject(start: [Double]) throws -> Subject {
        let entries = start.map { "\($0)" }.joined(separator: ",")
        return try Subject("product", "depth=\(start.count) start=[\(entries)]")
    }

    private static func descend(_ subject: Subject, step: Double, iterations: Int) throws -> [Double] {
        var x = try subject.initialPoint(seed: 0)
        for _ in 0..<iterations { x = moved(x, by: -step, along: try subject.gradient(x).gradient) }
        return x
    }
}
