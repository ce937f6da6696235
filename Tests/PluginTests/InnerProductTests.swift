import CEos
import EosCore
import Testing

@Suite struct InnerProductTests {
    @Test(arguments: [
        [1.2, -0.5, 0.7, 0.6, -0.3, 0.9], [0, 0, 0, 0, 0, 0], [1, 2, 3, 0, 0, 0], [-2, 0.1, 0, 0.3, 4, 1],
    ])
    func derivativesAgreeWithDifferences(x: [Double]) throws {
        let subject = try Subject("inner-product", "size=3 target=2.5")
        let gradient = try subject.gradient(x).gradient
        let hessian = try subject.products(x, (0..<6).map { unitVector(6, $0) })
        for i in 0..<6 {
            let slope = try difference(step: 1e-3) { try subject.value(moved(x, by: $0, along: unitVector(6, i))) }
            #expect(abs(slope - gradient[i]) <= 1e-9 * max(1, abs(gradient[i])))
            let column = try difference(step: 1e-3) { t in
                try subject.gradient(moved(x, by: t, along: unitVector(6, i))).gradient
            }
            for j in 0..<6 {
                #expect(abs(column[j] - hessian[i][j]) <= 1e-9 * max(1, abs(column[j])))
                #expect(hessian[i][j] == hessian[j][i])
            }
        }
    }

    /// Of single numbers it is the product of two, whose projection goes another way.
    @Test(arguments: [1, 0.3, -2])
    func ofSingleNumbersItIsTheProduct(target: Double) throws {
        let product = try Subject("product", "depth=2 target=\(target)")
        let inner = try Subject("inner-product", "size=1 target=\(target)")
        for seed in 0..<50 {
            let scale = seed % 2 == 0 ? 1.0 : 4
            let x = randomVector(2, seed: UInt64(seed)).map { scale * $0 }
            for (a, b) in zip(try product.measure(x), try inner.measure(x)) {
                #expect(abs(a - b) < 1e-9 * max(1, abs(b)), "\(x)")
            }
            #expect(try relativeError(inner.value(x), product.value(x)) < 1e-12)
        }
    }

    /// x = q + s n has the projection q: a point of M and its normal, at distances below the curvature's radius.
    @Test(arguments: [1, 2, 5, 60], [0.5, 1, 3, -1.5])
    func aPointBesideAMinimumGoesBack(size: Int, target: Double) throws {
        let raw = randomVector(2 * size, seed: 6)
        // v moved along u so that <u, v> = y.
        let u = Array(raw[..<size])
        var v = Array(raw[size...])
        v = moved(v, by: (target - dot(u, v)) / dot(u, u), along: u)
        let q = u + v
        let length = norm(q)
        for s in [-0.05, 1e-7, 0.08] {
            let x = moved(q, by: s / length, along: v + u)
            let metrics = try Subject("inner-product", "size=\(size) target=\(target)").measure(x)
            #expect(abs(metrics[1] - s) < 1e-12)
            #expect(relativeError(metrics[2], length * length) < 1e-10)
            // The nearest of u = v, |u|^2 = y (u = -v for y < 0): the mean of u and v, made as long as it must be.
            let sign = target < 0 ? -1.0 : 1
            let mean = zip(u, v).map { ($0 + sign * $1) / 2 }
            let flat = mean.map { $0 * abs(target).squareRoot() / norm(mean) }
            let away = zip(u, flat).map { $0 - $1 } + zip(v, flat).map { $0 - sign * $1 }
            #expect(relativeError(metrics[0], norm(away)) < 1e-9)
        }
    }

    /// Far away, and where the nearest minimum is not the only one: against a search over M.
    @Test(arguments: [
        [3.0, 3], [3, -3], [0, 0], [1.5, 1.5], [0, 2], [2, 1.9], [0.001, -4], [1.3, 0, 0.2, -0.4], [2, 2, -2, -2],
        [0, 0, 0, 0], [3, 1, 3, 1],
    ])
    func theProjectionIsTheNearestMinimum(x: [Double]) throws {
        let size = x.count / 2
        for target in [1.0, -0.7] {
            let metrics = try Subject("inner-product", "size=\(size) target=\(target)").measure(x)
            let nearest = Self.nearest(x, target)
            #expect(abs(abs(metrics[1]) - nearest.distance) < 1e-6, "\(x) \(target)")
            #expect((metrics[1] > 0) == (dot(Array(x[..<size]), Array(x[size...])) > target))
            #expect(relativeError(metrics[2], dot(nearest.point, nearest.point)) < 1e-4)
        }
    }

    /// Descent along M by steps that are put back onto M, from many starts.
    private static func nearest(_ x: [Double], _ target: Double) -> (point: [Double], distance: Double) {
        let size = x.count / 2
        func onto(_ q: [Double]) -> [Double] {
            var q = q
            for _ in 0..<50 {
                let gradient = Array(q[size...]) + Array(q[..<size])
                let residual = dot(Array(q[..<size]), Array(q[size...])) - target
                if abs(residual) < 1e-15 { break }
                q = moved(q, by: -residual / max(dot(gradient, gradient), 1e-9), along: gradient)
            }
            return q
        }
        var best = (point: x, distance: Double.infinity)
        for attempt in 0..<30 {
            var q = onto(randomVector(2 * size, seed: UInt64(attempt)).map { 3 * $0 })
            var step = 0.2
            for _ in 0..<5000 where step > 1e-14 {
                let normal = Array(q[size...]) + Array(q[..<size])
                let away = zip(x, q).map { $0 - $1 }
                let along = moved(away, by: -dot(away, normal) / dot(normal, normal), along: normal)
                let next = onto(moved(q, by: step, along: along))
                if norm(zip(x, next).map { $0 - $1 }) < norm(away) {
                    q = next
                    step *= 1.2
                } else {
                    step /= 2
                }
            }
            let distance = norm(zip(x, q).map { $0 - $1 })
            if distance < best.distance { best = (q, distance) }
        }
        return best
    }

    @Test func theSharpnessIsThatOfTheHessian() throws {
        let subject = try Subject("inner-product", "size=2 target=2")
        let u = [1.5, -0.3]
        let v = [1.5, 0.25 / 0.3]
        let q = u + moved(v, by: (2 - dot(u, v)) / dot(u, u), along: u)
        let metrics = try subject.measure(q)
        #expect(abs(metrics[1]) < 1e-12)
        #expect(relativeError(try subject.eigenvalues(q, count: 1)[0], metrics[2]) < 1e-8)
        #expect(relativeError(metrics[2], dot(q, q)) < 1e-12)
        // The flattest: 2 y.
        let flat = try subject.measure([1, 1, 1, 1])
        #expect(abs(flat[0]) < 1e-12 && abs(flat[1]) < 1e-12 && relativeError(flat[2], 4) < 1e-12)
    }

    @Test func withoutASmoothMinimumThereAreNoMetrics() throws {
        #expect(try Subject("inner-product", "target=0").measure([1, 1, 1, 1]).allSatisfy(\.isNaN))
        #expect(try Subject("inner-product", "target=1").measure([.nan, 1, 1, 1]).allSatisfy(\.isNaN))
        #expect(try Subject("inner-product", "target=1").measure([1e200, 1, 1, 1]).allSatisfy(\.isNaN))
    }

    @Test func startsWhereItIsTold() throws {
        #expect(try Subject("inner-product", "size=1 start=[3,0.5]").initialPoint(seed: 9) == [3, 0.5])
        let drawn = try Subject("inner-product", "size=4")
        let start = try drawn.initialPoint(seed: 9)
        #expect(start == randomVector(8, seed: 9).map { (1 + $0 / 10) / 2 })
        #expect(try drawn.initialPoint(seed: 10) != start)
    }

    @Test func overflowIsRecoverable() throws {
        let subject = try Subject("inner-product", "")
        let both = Int(EOS_WANT_VALUE | EOS_WANT_GRADIENT)
        #expect(subject.evaluate([1e200, 1, 1e200, 1], want: both, id: 1).status == EOS_RECOVERABLE)
        #expect(subject.evaluate([1, .nan, 1, 1], want: both, id: 2).status == EOS_RECOVERABLE)
    }

    @Test(arguments: [
        ("size=2 start=[1,2,3]", ["start has 3 entries", "size = 2"]),
        ("size=2 start=[1,2]", ["start has 2 entries", "size = 2"]),
        ("size=0", ["size = 0", "out of range"]),
        ("size=2.5", ["size = 2.5", "an integer"]),
        ("dtype=f32", ["dtype = \"f32\"", "f64"]),
        ("sise=5", ["unknown key sise", "did you mean size?"]),
    ])
    func badSettingsAreRefused(settings: String, fragments: [String]) {
        expectRefusal("inner-product", settings, status: EOS_E_CONFIG, saying: fragments)
    }
}
