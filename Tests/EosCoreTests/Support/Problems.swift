import EosCore

extension Problem {
    /// Rosenbrock's valley in pairs of neighbours.
    static func rosenbrock(_ type: ElementType = .f64, start: [Double] = [-1.2, 1]) -> Problem {
        Problem(type, start: start) { x in
            (0..<x.count - 1).reduce(0) { sum, i in
                let rise = x[i + 1] - x[i] * x[i]
                return sum + 100 * rise * rise + (1 - x[i]) * (1 - x[i])
            }
        } gradient: { x in
            var g = [Double](repeating: 0, count: x.count)
            for i in 0..<x.count - 1 {
                let rise = x[i + 1] - x[i] * x[i]
                g[i] += -400 * rise * x[i] - 2 * (1 - x[i])
                g[i + 1] += 200 * rise
            }
            return g
        } product: { x, v in
            var out = [Double](repeating: 0, count: x.count)
            for i in 0..<x.count - 1 {
                out[i] += (1200 * x[i] * x[i] - 400 * x[i + 1] + 2) * v[i] - 400 * x[i] * v[i + 1]
                out[i + 1] += 200 * v[i + 1] - 400 * x[i] * v[i]
            }
            return out
        }
    }

    /// Half the sum of a x^2.
    static func quadratic(_ type: ElementType = .f64, _ a: [Double] = [1, 10, 0.1]) -> Problem {
        Problem(type, start: a.map { _ in 1 }) { x in
            zip(a, x).reduce(0) { $0 + 0.5 * $1.0 * $1.1 * $1.1 }
        } gradient: { x in
            zip(a, x).map { $0 * $1 }
        } product: { _, v in
            zip(a, v).map { $0 * $1 }
        }
    }

    /// Half the square of the product of all less 1.
    static func product(_ type: ElementType = .f64) -> Problem {
        func others(_ x: [Double], _ i: Int, _ j: Int = -1) -> Double {
            x.indices.reduce(1) { $1 == i || $1 == j ? $0 : $0 * x[$1] }
        }
        return Problem(type, start: [3, 0.5, 0.6, 0.4]) { x in
            let r = x.reduce(1, *) - 1
            return 0.5 * r * r
        } gradient: { x in
            let r = x.reduce(1, *) - 1
            return x.indices.map { r * others(x, $0) }
        } product: { x, v in
            let r = x.reduce(1, *) - 1
            let slope = x.indices.map { others(x, $0) }
            let along = zip(slope, v).reduce(0) { $0 + $1.0 * $1.1 }
            return x.indices.map { i in
                slope[i] * along + x.indices.reduce(0) { $1 == i ? $0 : $0 + r * others(x, i, $1) * v[$1] }
            }
        }
    }

    /// Not a number beyond |x| = 1, reached by long steps: x^2/(1 - x^2) + 0.37 y^2.
    static func hole(_ type: ElementType = .f64) -> Problem {
        let undefined = Double.nan
        return Problem(type, start: [0.9, 2]) { x in
            let rest = 1 - x[0] * x[0]
            guard rest > 0 else { return undefined }
            return (1 / rest - 1) + 0.37 * x[1] * x[1]
        } gradient: { x in
            let rest = 1 - x[0] * x[0]
            return [2 * x[0] / (rest * rest), 0.74 * x[1]]
        } product: { x, v in
            let rest = 1 - x[0] * x[0]
            return [(2 / (rest * rest) + 8 * x[0] * x[0] / (rest * rest * rest)) * v[0], 0.74 * v[1]]
        }
    }

    /// Infinite left of -0.5; says that it has no finite value there.
    static func wall(_ type: ElementType = .f64) -> Problem {
        let problem = Problem(type, start: [2, 1]) { x in
            x[0] < -0.5 ? .infinity : 0.5 * (x[0] * x[0] + 3.7 * x[1] * x[1])
        } gradient: { x in
            [x[0], 3.7 * x[1]]
        } product: { _, v in
            [v[0], 3.7 * v[1]]
        }
        problem.saysRecoverable = true
        return problem
    }

    static func all(_ type: ElementType = .f64) -> [(name: String, problem: Problem)] {
        [
            ("rosenbrock", .rosenbrock(type)), ("quadratic", .quadratic(type)), ("product", .product(type)),
            ("hole", .hole(type)), ("wall", .wall(type)),
        ]
    }
}
