/// The methods written once more, straight from their pseudo-code, to hold the policies against: gradient descent as
/// one loop that evaluates whatever it likes.
struct ReferenceDescent {
    let problem: Problem
    var point: [Double]
    var searches: [Search] = []

    init(_ problem: Problem) {
        self.problem = problem
        point = problem.start
    }

    var value: Double { problem.value(point) }
    var gradient: [Double] { problem.gradient(point) }
    /// There is nothing left to follow.
    var isOver: Bool { gradient.allSatisfy { $0 == 0 } }

    /// Sums of fewer than 8 products are those of any loop.
    static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    func value(along g: [Double], _ t: Double) -> Double { problem.value(zip(point, g).map { $0 - t * $1 }) }

    mutating func move(_ g: [Double], _ t: Double) { point = zip(point, g).map { $0 - t * $1 } }

    static func clip(_ e: Double, _ low: Double = 1e-6, _ high: Double = 1e4) -> Double { min(max(e, low), high) }

    /// One search by backtracking from `first`, and by `grow` after an accepted first trial.
    mutating func backtrack(
        from first: Double, reference: Double, c: Double, delta: Double, grow: (Line, Double) -> Double = { $1 }
    ) -> (step: Double, backtracks: Int) {
        let line = Line(self, reference: reference, c: c)
        var e = first
        var backtracks = 0
        var found = line.accepts(e)
        while !found, backtracks < 100 {
            e *= delta
            backtracks += 1
            found = line.accepts(e)
        }
        if !found {
            e = 1e-6
            backtracks += 1
        } else if backtracks == 0 {
            e = grow(line, e)
        }
        searches.append(Search(trials: line.trials, accepted: e))
        move(line.gradient, e)
        return (e, backtracks)
    }

    /// The test of sufficient decrease from one point, with the steps that it was put to.
    final class Line {
        private let descent: ReferenceDescent
        private let reference: Double
        private let c: Double
        private let norm2: Double
        let gradient: [Double]
        private(set) var trials: [Double] = []

        init(_ descent: ReferenceDescent, reference: Double, c: Double) {
            self.descent = descent
            self.reference = reference
            self.c = c
            gradient = descent.gradient
            norm2 = ReferenceDescent.dot(gradient, gradient)
        }

        func accepts(_ t: Double) -> Bool {
            trials.append(t)
            let v = descent.value(along: gradient, t)
            return v.isFinite && v <= reference - c * t * norm2
        }
    }
}

/// LS, NLS, NLS-ub and PoNLS as flatland's pseudo-code has them, with c = 1e-4 and delta = 1/2.
func flatlandSearches(
    _ method: String, _ problem: Problem, iterations: Int, xi: Double = 1, cap: Double = .infinity
) -> [Search] {
    var descent = ReferenceDescent(problem)
    var eta = 1.0
    var q = 0.0
    var c = 0.0
    for _ in 0..<iterations where !descent.isOver {
        let f = descent.value
        var reference = f
        if method != "ls" {
            let next = xi * q + 1
            c = (xi * q * c + f) / next
            q = next
            reference = max(c, f)
        }
        var first = ReferenceDescent.clip(eta)
        if method == "ponls" {
            let g = descent.gradient
            first = ReferenceDescent.clip(f / (0.1 * ReferenceDescent.dot(g, g) + 1e-8))
        }
        if method == "nls-ub" {
            while first >= cap, first > 1e-6 { first *= 0.5 }
        }
        eta =
            descent.backtrack(from: first, reference: reference, c: 1e-4, delta: 0.5) { line, accepted in
                var e = accepted
                switch method {
                case "ls", "nls": while line.accepts(e / 0.5) { e /= 0.5 }
                case "nls-ub": if e / 0.5 < cap, line.accepts(e / 0.5) { e /= 0.5 }
                default: break
                }
                return e
            }.step
    }
    return descent.searches
}

/// Armijo, GLL (the last 10 losses) and Zhang-Hager: backtracking from twice the previous step.
func classicalSearches(_ method: String, _ problem: Problem, iterations: Int) -> [Search] {
    var descent = ReferenceDescent(problem)
    var losses: [Double] = []
    var eta = 0.5
    var mean = 0.0
    for k in 0..<iterations where !descent.isOver {
        let f = descent.value
        losses.append(f)
        mean = (Double(k) * mean + f) / Double(k + 1)
        let reference: Double =
            switch method {
            case "gll": losses.suffix(10).max()!
            case "zhang-hager": max(mean, f)
            default: f
            }
        let armijo = method == "armijo"
        eta =
            descent.backtrack(
                from: ReferenceDescent.clip(2 * eta), reference: reference, c: armijo ? 0.1 : 1e-4,
                delta: armijo ? 0.9 : 0.5
            ).step
    }
    return descent.searches
}

/// PoNoS: min(delta^l f/(c_p G), 10), l the backtracks of earlier searches less one for each; the factor comes before the
/// largest step, as in the authors' code.
func resettingSearches(_ problem: Problem, iterations: Int) -> [Search] {
    var descent = ReferenceDescent(problem)
    var l = 0
    var mean = 0.0
    for k in 0..<iterations where !descent.isOver {
        let f = descent.value
        let g = descent.gradient
        mean = (Double(k) * mean + f) / Double(k + 1)
        let factor = (0..<l).reduce(1.0) { product, _ in product * 0.5 }
        let first = ReferenceDescent.clip(factor * (f / (0.1 * ReferenceDescent.dot(g, g) + 1e-8)), 1e-6, 10)
        let backtracks = descent.backtrack(
            from: first, reference: max(mean, f), c: 0.5, delta: 0.5
        ).backtracks
        l = max(l + backtracks - 1, 0)
    }
    return descent.searches
}

/// Methods without a search: their steps, and whether the point after the last one is finite.
func directSteps(_ method: String, _ problem: Problem, iterations: Int) -> [Double] {
    var descent = ReferenceDescent(problem)
    var steps: [Double] = []
    var before: (x: [Double], g: [Double], step: Double)?
    var theta = Double.infinity
    for k in 0..<iterations where !descent.isOver {
        let f = descent.value
        let g = descent.gradient
        guard f.isFinite else { break }
        let norm2 = ReferenceDescent.dot(g, g)
        // dx = -t g exactly, without the rounding of x.
        let dg = before.map { zip(g, $0.g).map { $0 - $1 } } ?? []
        let dxdx = before.map { $0.step * $0.step * ReferenceDescent.dot($0.g, $0.g) } ?? .nan
        let dxdg = before.map { -$0.step * ReferenceDescent.dot($0.g, dg) } ?? .nan
        let dgdg = ReferenceDescent.dot(dg, dg)
        var step: Double
        switch method {
        case "polyak": step = f / norm2
        case "bb1": step = k == 0 ? 1e-3 : dxdg > 0 ? dxdx / dxdg : before!.step
        case "bb2": step = k == 0 ? 1e-3 : dxdg > 0 ? dxdg / dgdg : before!.step
        case "adgd":
            step = 1e-10
            if let before {
                step = before.step
                if dgdg > 0 {
                    step = min((1 + theta).squareRoot() * before.step, (dxdx / dgdg).squareRoot() / 2)
                    theta = step / before.step
                }
            }
        case "cdat":
            let product = problem.product!(descent.point, g)
            step = 2 * norm2 / abs(ReferenceDescent.dot(g, product))
        default: step = .nan
        }
        steps.append(step)
        before = (descent.point, g, step)
        descent.move(g, step)
    }
    return steps
}
