import CEos
import EosCore
import Testing

/// L-BFGS against the matrices that it stands for, and on functions.
@Suite struct LimitedMemoryTests {
    /// Vectors s and y of a function with a positive Hessian, and a gradient; the newest pair first.
    struct Past {
        var g: [Double]
        var pairs: [(s: [Double], y: [Double])]

        init(dimension n: Int, pairs count: Int, seed: UInt64) {
            let random = Random(seed: seed)
            var next: UInt64 = 0
            func number() -> Double {
                next += 1
                return 2 * random.uniform(next) - 1
            }
            func vector() -> [Double] { (0..<n).map { _ in number() } }
            let roots = (0..<n).map { _ in vector() }
            // H = R'R + 1.
            func hessian(_ v: [Double]) -> [Double] {
                let rows = roots.map { dot($0, v) }
                return v.indices.map { k in v[k] + zip(roots, rows).reduce(0) { $0 + $1.0[k] * $1.1 } }
            }
            g = vector()
            pairs = (0..<count).map { _ in
                let s = vector()
                return (s, hessian(s))
            }
        }

        var vectors: [[Double]] { [g] + pairs.flatMap { [$0.s, $0.y] } }

        var products: HistoryProducts {
            let all = vectors
            return HistoryProducts(pairs: pairs.count, values: all.flatMap { v in all.map { dot(v, $0) } })
        }

        /// What factors come to.
        func combined(_ factors: [Double]) -> [Double] {
            g.indices.map { k in zip(factors, vectors).reduce(0) { $0 + $1.0 * $1.1[k] } }
        }
    }

    /// -H g by the update of the inverse matrix, H+ = (1 - s y'/r) H (1 - y s'/r) + s s'/r with r = <s, y>, from the
    /// oldest pair on; in extended precision.
    private func byMatrix(_ past: Past) -> [Double] {
        let n = past.g.count
        func dot(_ a: [Float80], _ b: [Float80]) -> Float80 { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let pairs = past.pairs.map { (s: $0.s.map { Float80($0) }, y: $0.y.map { Float80($0) }) }
        let scale: Float80 =
            pairs.first.map { s, y in
                let (short, long) = (dot(s, y) / dot(y, y), dot(s, s) / dot(s, y))
                return (short * short * short * long).squareRoot().squareRoot()
            } ?? 1
        var h = (0..<n).map { i in (0..<n).map { $0 == i ? scale : 0 } }
        for (s, y) in pairs.reversed() {
            let r = dot(s, y)
            let hy = h.map { dot($0, y) }
            let yhy = dot(y, hy)
            for i in 0..<n {
                for j in 0..<n {
                    h[i][j] += (1 + yhy / r) * s[i] * s[j] / r - (hy[i] * s[j] + s[i] * hy[j]) / r
                }
            }
        }
        let g = past.g.map { Float80($0) }
        return h.map { -Double(dot($0, g)) }
    }

    @Test(arguments: 0...7)
    func theDirectionIsThatOfTheMatrix(_ pairs: Int) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let past = Past(dimension: 9, pairs: pairs, seed: seed)
            let factors = try policy("lbfgs", "memory=7").direct(eos_iterate(), past.products)
            let expected = byMatrix(past)
            let size = dot(expected, expected).squareRoot()
            for (mine, theirs) in zip(past.combined(factors), expected) {
                #expect(abs(mine - theirs) <= 1e-9 * size, "\(pairs) pairs, seed \(seed)")
            }
        }
    }

    /// H y = s for the newest pair.
    @Test func theNewestPairIsKept() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var past = Past(dimension: 9, pairs: 5, seed: seed)
            past.g = past.pairs[0].y
            let direction = past.combined(try policy("lbfgs").direct(eos_iterate(), past.products))
            for (mine, s) in zip(direction, past.pairs[0].s) { #expect(abs(mine + s) < 1e-9) }
        }
    }

    /// Pairs without curvature are passed over, as if they were not there.
    @Test func pairsWithoutCurvatureArePassedOver() throws {
        let zeros = [Double](repeating: 0, count: 9)
        for bad in 0..<4 {
            var past = Past(dimension: 9, pairs: 4, seed: 5)
            var without = past
            without.pairs.remove(at: bad)
            let expected = byMatrix(without)
            for (s, y) in [
                (past.pairs[bad].s, past.pairs[bad].s.map { -$0 }), (zeros, past.pairs[bad].y), (zeros, zeros),
                (past.pairs[bad].s, zeros),
            ] {
                past.pairs[bad] = (s, y)
                let direction = past.combined(try policy("lbfgs").direct(eos_iterate(), past.products))
                for (mine, theirs) in zip(direction, expected) { #expect(abs(mine - theirs) < 1e-9) }
            }
        }
        // Where there is none with any, it is steepest descent.
        var past = Past(dimension: 9, pairs: 2, seed: 5)
        past.pairs = past.pairs.map { ($0.s, $0.s.map { -$0 }) }
        #expect(try policy("lbfgs").direct(eos_iterate(), past.products) == [-1, 0, 0, 0, 0])
    }

    /// Of a direction, from the products of its vectors: as long as the direction itself.
    @Test(arguments: [0, 1, 2, 3, 6, 20]) func theLengthOfADirectionFollowsFromProducts(_ pairs: Int) {
        let past = Past(dimension: 30, pairs: pairs, seed: 9)
        let random = Random(seed: 3)
        let factors = (0..<2 * pairs + 1).map { 2 * random.uniform(UInt64($0)) - 1 }
        let direction = past.combined(factors)
        let length = dot(direction, direction)
        #expect(abs(past.products.norm2(of: factors) - length) < 1e-12 * length)
    }

    @Test func numbersThatAreNoneLeadBackToSteepestDescent() throws {
        var values = Past(dimension: 9, pairs: 2, seed: 5).products.values
        for i in values.indices where i / 5 == 1 || i % 5 == 1 { values[i] = .nan }
        let factors = try policy("lbfgs").direct(eos_iterate(), HistoryProducts(pairs: 2, values: values))
        #expect(factors.allSatisfy(\.isFinite) && factors[0] < 0)
    }

    /// Few evaluations where gradient descent needs thousands; liblbfgs needs 45 in two dimensions.
    @Test(arguments: [ElementType.f64, .f32], [false, true])
    func theValleyIsLeftBehind(_ type: ElementType, _ ray: Bool) throws {
        for (start, gradients) in [([-1.2, 1], 60), ([-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1], 120)] {
            let training = try Trained(
                .rosenbrock(type, start: start), try policy("lbfgs"),
                "stop.iterations=1000 stop.loss=\(type == .f64 ? 1e-20 : 1e-9)", ray: ray)
            try training.run()
            #expect(training.stop == .loss)
            let progress = training.trainer.progress
            #expect(progress.gradient_evaluations <= gradients)
            #expect(progress.value_evaluations <= 2 * gradients)
            #expect(progress.failures == 0)
            // Off a ray value and gradient come together; along one, trials are values alone.
            if ray { #expect(progress.gradient_evaluations == progress.iteration + 1) }
            if !ray { #expect(progress.value_evaluations <= gradients) }
        }
    }

    @Test func everyStepDescends() throws {
        for (name, problem) in Problem.all() {
            let training = try Trained(problem, try policy("lbfgs"), "stop.iterations=60 stop.gradient_norm=1e-9")
            var values: [Double] = []
            training.trainer.observer = { progress in
                values.append(progress.value)
                return false
            }
            try training.run()
            for (before, after) in zip(values, values.dropFirst()) { #expect(after <= before, "\(name)") }
            #expect(values.last! < 1e-9, "\(name): \(values.last!)")
        }
    }

    /// To the last bit, where nothing is left to follow.
    @Test func theMinimumIsReached() throws {
        let training = try Trained(.rosenbrock(), try policy("lbfgs"), "stop.iterations=200")
        try training.run()
        #expect(training.stop == .gradient)
        #expect(training.current == [1, 1])
        #expect(training.trainer.progress.gradient_norm == 0)
    }

    /// A search whose trials are all too high ends with the smallest step.
    @Test func aSearchWithoutEndTakesTheSmallestStep() throws {
        let problem = Problem(start: [0, 0]) {
            $0 == [0, 0] ? 1 : 2
        } gradient: { _ in
            [1, 1]
        }
        let recorder = RecordingPolicy(try policy("lbfgs", "min_step=1e-6"))
        let training = try Trained(problem, recorder, "stop.iterations=1")
        try training.run()
        #expect(recorder.searches[0].accepted == 1e-6)
        #expect(recorder.searches[0].trials.count < 30)
        #expect(recorder.reasons == [.safeguard])
        #expect(training.trainer.progress.failures == 1)
    }

    @Test func trialsThatAreNotFiniteShrink() throws {
        for undefined in [Double.nan, .infinity, -.infinity] {
            let problem = Problem(start: [1]) {
                $0[0] < 0.99 ? undefined : $0[0]
            } gradient: { _ in
                [1]
            }
            let recorder = RecordingPolicy(try policy("lbfgs"))
            try Trained(problem, recorder, "stop.iterations=1").run()
            #expect(recorder.searches[0].trials.prefix(3) == [1, 0.1, 0.1 * 0.1])
            #expect(recorder.searches[0].accepted <= 0.1 * 0.1)
        }
    }
}
