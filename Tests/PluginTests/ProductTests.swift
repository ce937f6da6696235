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

    /// Other depths, targets and steps than those of the figures, against the same descent and projection in this file.
    @Test(arguments: [(3, 2.0, 0.98), (4, 0.5, 1), (7, 1, 1.01), (2, 3, 1.02)])
    func anyDescentHasItsMetrics(depth: Int, target: Double, share: Double) throws {
        let (p, scale) = (Double(depth), power(target, 1 / Double(depth)))
        let step = share * 2 / (p * power(target, 2 - 2 / p))
        var x = randomVector(depth, seed: 8).map { scale * (1 + 0.12 * $0) }
        let entries = x.map { "\($0)" }.joined(separator: ",")
        let subject = try Subject("product", "depth=\(depth) target=\(target) start=[\(entries)]")
        let metrics = try subject.measure(Self.descend(subject, step: step, iterations: 777))
        for _ in 0..<777 {
            let product = x.reduce(1, *)
            x = x.map { $0 - step * (product - target) * product / $0 }
        }
        // Newton's method on the multiplier of the projection, q = (x + sqrt(x^2 - 4 a))/2.
        var a = 0.0
        for _ in 0..<60 {
            let q = x.map { ($0 + ($0 * $0 - 4 * a).squareRoot()) / 2 }
            let excess = q.reduce(0) { $0 + logarithm($1) } - logarithm(target)
            a += excess / zip(x, q).reduce(0) { $0 + 1 / ($1.1 * (2 * $1.1 - $1.0)) }
        }
        let q = x.map { ($0 + ($0 * $0 - 4 * a).squareRoot()) / 2 }
        let inverses = q.reduce(0) { $0 + 1 / ($1 * $1) }
        #expect(relativeError(metrics[0], norm(q.map { $0 - scale })) < 1e-6)
        // Below the threshold it falls to rounding.
        let across = a * inverses.squareRoot()
        #expect(abs(metrics[1] - across) < 1e-6 * abs(across) + 1e-13)
        #expect(relativeError(metrics[2], target * target * inverses) < 1e-6)
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

    private static let farPoints: [([Double], Double)] = [
        ([1.3, -0.9, 1.1], 1.0), ([-2, 1.5, -0.4], 2), ([-2, 1.5, 0.4], 2), ([0.7, 1.2, 0.9], -1), ([-1, -1, -1], -3),
        ([0, 1.5, 2], 1), ([0, 0, 2], 1), ([0, 0, 0], 1), ([2, 2, 2], 1.1), ([2, 2, 2], 0.9), ([5, 0.2, 1], 0.01),
        ([4, 3, 0.05], 7), ([1.5, 1.5], 2.25), ([3, 3], 1), ([3, -3], 1), ([0.1, 0.2], 0.5),
    ]

    /// Signs that multiply to another sign than the target's: the nearest minimum has the smallest entry's sign changed.
    /// Points with zeros, and far outside, where another root of the smallest entry is nearer: all held against a search
    /// over every sign pattern that knows nothing of roots.
    @Test(arguments: farPoints)
    func theProjectionIsTheNearestMinimum(x: [Double], target: Double) throws {
        let metrics = try Subject("product", "depth=\(x.count) target=\(target)").measure(x)
        let nearest = Self.nearest(x, target)
        #expect(abs(abs(metrics[1]) - nearest.distance) < 1e-6 * max(1, nearest.distance))
        #expect((metrics[1] > 0) == (x.reduce(1, *) > target) || abs(metrics[1]) < 1e-12)
        // Several minima may be equally near; sharpness and distance are those of one of them.
        let magnitudes = nearest.point.map(abs)
        let flattest = power(abs(target), 1 / Double(x.count))
        #expect(relativeError(metrics[2], target * target * magnitudes.reduce(0) { $0 + 1 / ($1 * $1) }) < 1e-4)
        #expect(abs(metrics[0] - norm(magnitudes.map { $0 - flattest })) < 1e-4)
    }

    /// Of any depth, near M: the point x = q + s n has the projection q, the distance s, and q's sharpness.
    @Test(arguments: [1, 2, 3, 7, 40, 500], [0.3, 1, 5, -2])
    func aPointBesideAMinimumGoesBack(depth: Int, target: Double) throws {
        let scale = power(abs(target), 1 / Double(depth))
        var q = randomVector(depth, seed: 3).map { scale * (1 + 0.3 * $0) }
        let factor = power(abs(target) / q.reduce(1, *), 1 / Double(depth))
        q = q.map { factor * $0 }
        if target < 0 { q[0] = -q[0] }
        let normal = q.map { target / $0 }
        let length = norm(normal)
        for s in [-0.01, 1e-8, 0.02] {
            let x = moved(q, by: s * scale / length, along: normal)
            let metrics = try Subject("product", "depth=\(depth) target=\(target)").measure(x)
            #expect(abs(metrics[1] - s * scale) < 1e-12 * scale)
            #expect(relativeError(metrics[2], length * length) < 1e-10)
            #expect(abs(metrics[0] - norm(q.map { abs($0) - scale })) < 1e-10 * Double(depth))
        }
    }

    @Test func withoutASmoothMinimumThereAreNoMetrics() throws {
        #expect(try Subject("product", "target=0").measure([1, 1, 1, 1]).allSatisfy(\.isNaN))
        #expect(try Subject("product", "target=1").measure([.nan, 1, 1, 1]).allSatisfy(\.isNaN))
        #expect(try Subject("product", "target=1").measure([1e200, 1, 1, 1]).allSatisfy(\.isNaN))
        let mirrored = try Subject("product", "target=1").measure([-1.2, 1, -0.9, 1])
        #expect(mirrored == (try Subject("product", "target=1").measure([1.2, 1, 0.9, 1])))
    }

    /// On every sign pattern of the right sign, by gradient descent over the logarithms of the magnitudes.
    private static func nearest(_ x: [Double], _ target: Double) -> (point: [Double], distance: Double) {
        var best = (point: x, distance: Double.infinity)
        let count = x.count
        for pattern in 0..<(1 << count) {
            let signs = (0..<count).map { pattern >> $0 & 1 == 1 ? -1.0 : 1 }
            guard signs.reduce(1, *) * target > 0 else { continue }
            for attempt in 0..<12 {
                var logs = randomVector(count, seed: UInt64(attempt)).map { 2 * $0 }
                func point() -> [Double] {
                    let mean = (logs.reduce(0, +) - logarithm(abs(target))) / Double(count)
                    return zip(signs, logs).map { $0 * exponential($1 - mean) }
                }
                var step = 0.1
                var here = norm(zip(point(), x).map { $0 - $1 })
                for _ in 0..<4000 where step > 1e-14 {
                    let q = point()
                    var slope = zip(q, x).map { ($0 - $1) * $0 }
                    let mean = slope.reduce(0, +) / Double(count)
                    slope = slope.map { $0 - mean }
                    let before = logs
                    logs = moved(logs, by: -step / max(norm(slope), 1e-3), along: slope)
                    let there = norm(zip(point(), x).map { $0 - $1 })
                    if there < here {
                        here = there
                        step *= 1.3
                    } else {
                        logs = before
                        step /= 2
                    }
                }
                if here < best.distance { best = (point(), here) }
            }
        }
        return best
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
