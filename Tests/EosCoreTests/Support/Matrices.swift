import CLapack
import EosCore

/// A dense symmetric matrix, for quadratic forms with known eigenvalues.
struct SymmetricMatrix {
    let n: Int
    /// Row-major.
    var elements: [Double]

    init(n: Int, _ element: (Int, Int) -> Double) {
        self.n = n
        elements = (0..<n * n).map { $0 / n >= $0 % n ? element($0 / n, $0 % n) : element($0 % n, $0 / n) }
    }

    /// Independent uniform elements in [-1, 1).
    static func random(_ n: Int, seed: UInt64) -> SymmetricMatrix {
        let random = Random(seed: seed)
        return SymmetricMatrix(n: n) { 2 * random.uniform(UInt64($0 * n + $1)) - 1 }
    }

    /// With these eigenvalues, turned by a few random reflections.
    static func withSpectrum(_ spectrum: [Double], seed: UInt64) -> SymmetricMatrix {
        let n = spectrum.count
        var matrix = SymmetricMatrix(n: n) { $0 == $1 ? spectrum[$0] : 0 }
        let random = Random(seed: seed)
        for reflection in 0..<3 as Range<UInt64> {
            var v = (0..<n).map { 2 * random.uniform(reflection * UInt64(n) + UInt64($0)) - 1 }
            let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
            v = v.map { $0 / norm }
            // (I - 2 v v') A (I - 2 v v') = A - v w' - w v', w = 2 (A v - (v'Av) v).
            let product = matrix.times(v)
            let middle = zip(v, product).reduce(0) { $0 + $1.0 * $1.1 }
            let w = zip(product, v).map { 2 * ($0 - middle * $1) }
            for i in 0..<n {
                for j in 0..<n { matrix.elements[i * n + j] -= v[i] * w[j] + w[i] * v[j] }
            }
        }
        return matrix
    }

    func times(_ v: [Double]) -> [Double] {
        (0..<n).map { i in
            var sum = 0.0
            for j in 0..<n { sum += elements[i * n + j] * v[j] }
            return sum
        }
    }

    /// |A v - value v|/|v|, summed in more than double.
    func residual(_ v: [Double], _ value: Double) -> Double {
        var squares: Float80 = 0
        var norm2: Float80 = 0
        for i in 0..<n {
            var sum = -Float80(value) * Float80(v[i])
            for j in 0..<n { sum += Float80(elements[i * n + j]) * Float80(v[j]) }
            squares += sum * sum
            norm2 += Float80(v[i]) * Float80(v[i])
        }
        return Double((squares / norm2).squareRoot())
    }

    /// All eigenvalues by LAPACK, largest first.
    var eigenvalues: [Double] {
        var a = elements
        var values = [Double](repeating: 0, count: n)
        var work = [Double](repeating: 0, count: 34 * n)
        var (order, size, info) = (Int32(n), Int32(34 * n), Int32(0))
        dsyev_("N", "U", &order, &a, &order, &values, &work, &size, &info)
        precondition(info == 0, "dsyev gave \(info)")
        return values.reversed()
    }

    /// Half of x'Ax; with elements rounded to `type` first, so that products are exact to the rounding of vectors.
    func problem(_ type: ElementType = .f64) -> Problem {
        Problem(type, start: [Double](repeating: 0, count: n)) { x in
            0.5 * zip(x, times(x)).reduce(0) { $0 + $1.0 * $1.1 }
        } gradient: { x in
            times(x)
        } product: { _, v in
            times(v)
        }
    }
}

/// Eigenvalues found, with the vectors that they belong to.
struct Leading {
    let process: LeadingEigenvalues
    let vectors: [[Double]]

    init(
        _ problem: Problem, _ options: LeadingEigenvalues.Options, at x: [Double]? = nil, start: [[Double]] = [],
        curvature: Bool = true
    ) throws {
        let objective = try problem.objective(curvature: curvature)
        let point = try problem.space.makeVector()
        problem.write(x ?? problem.start, to: point.pointer)
        var starts: [Vector] = []
        for one in start {
            let vector = try problem.space.makeVector()
            problem.write(one, to: vector.pointer)
            starts.append(vector)
        }
        let curvature = try ObjectiveCurvature(objective, at: point.pointer)
        process = try curvature.leading(options, start: starts)
        vectors = try process.vectors(options.count).map { problem.read($0.pointer) }
    }

    var pairs: [LeadingEigenvalues.Pair] { process.pairs }
}
