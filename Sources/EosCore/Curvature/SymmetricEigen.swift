import Glibc

/// All eigenvalues, ascending, and eigenvectors of a small dense symmetric matrix.
///
/// Householder reduction to tridiagonal form, then QL with implicit shifts (Wilkinson, Reinsch 1971): backward stable,
/// so that every value is right to a few roundings of the largest. Meant for the projected problems of Lanczos'
/// method, up to a few hundred rows.
struct SymmetricEigen {
    private(set) var values: [Double]
    /// Row i is the unit eigenvector of `values[i]`.
    private(set) var vectors: [[Double]]

    /// - Parameter matrix: rows; only symmetric matrices make sense.
    init(_ matrix: [[Double]]) {
        var a = matrix
        let n = a.count
        var q = Self.identity(n)
        for k in 0..<max(n - 2, 0) {
            guard let v = Self.reflector(a, column: k) else { continue }
            Self.reflect(&a, v, from: k + 1)
            Self.reflectRows(&q, v, from: k + 1)
        }
        let diagonal = (0..<n).map { a[$0][$0] }
        let off = (0..<max(n - 1, 0)).map { a[$0 + 1][$0] }
        self.init(diagonal: diagonal, off: off, basis: q)
    }

    /// - Parameters:
    ///   - diagonal: n entries.
    ///   - off: the n - 1 entries beside the diagonal.
    init(diagonal: [Double], off: [Double]) {
        self.init(diagonal: diagonal, off: off, basis: Self.identity(diagonal.count))
    }

    private init(diagonal: [Double], off: [Double], basis: [[Double]]) {
        // Squares of the entries are formed.
        let largest = (diagonal + off).reduce(0) { max($0, abs($1)) }
        let isExtreme = largest > 0 && largest.isFinite && !(0x1p-400...0x1p400).contains(largest)
        let exponent = isExtreme ? Int32(largest.exponent) : 0
        var d = isExtreme ? diagonal.map { scalbn($0, -exponent) } : diagonal
        var e = (isExtreme ? off.map { scalbn($0, -exponent) } : off) + [0]
        var q = basis
        let n = d.count
        for l in 0..<n {
            // 50 sweeps an eigenvalue are far more than ever needed (2 to 3); without convergence only NaN is left.
            for _ in 0..<50 {
                var m = l
                while m < n - 1, abs(e[m]) > Double.ulpOfOne * (abs(d[m]) + abs(d[m + 1])) { m += 1 }
                if m == l { break }
                Self.sweep(&d, &e, &q, from: l, to: m)
            }
        }
        let order = (0..<n).sorted { d[$0] < d[$1] }
        values = order.map { isExtreme ? scalbn(d[$0], exponent) : d[$0] }
        vectors = order.map { q[$0] }
    }

    /// One implicit QL sweep over rows l...m of the tridiagonal matrix; the rows of q turn along.
    private static func sweep(_ d: inout [Double], _ e: inout [Double], _ q: inout [[Double]], from l: Int, to m: Int) {
        let half = (d[l + 1] - d[l]) / (2 * e[l])
        let radius = (half * half + 1).squareRoot()
        var g = d[m] - d[l] + e[l] / (half + (half < 0 ? -radius : radius))
        var s = 1.0
        var c = 1.0
        var p = 0.0
        var i = m - 1
        while i >= l {
            let f = s * e[i]
            let b = c * e[i]
            let r = (f * f + g * g).squareRoot()
            e[i + 1] = r
            if r == 0 {
                d[i + 1] -= p
                e[m] = 0
                return
            }
            s = f / r
            c = g / r
            g = d[i + 1] - p
            let t = (d[i] - g) * s + 2 * c * b
            p = s * t
            d[i + 1] = g + p
            g = c * t - b
            rotate(&q, i, c, s)
            i -= 1
        }
        d[l] -= p
        e[l] = g
        e[m] = 0
    }

    private static func rotate(_ q: inout [[Double]], _ i: Int, _ c: Double, _ s: Double) {
        for k in q[i].indices {
            let upper = q[i + 1][k]
            let lower = q[i][k]
            q[i + 1][k] = s * lower + c * upper
            q[i][k] = c * lower - s * upper
        }
    }

    private static func identity(_ n: Int) -> [[Double]] {
        (0..<n).map { i in (0..<n).map { $0 == i ? 1 : 0 } }
    }

    /// The unit vector v for which I - 2 v v' clears column k below its subdiagonal; nil where it is clear.
    private static func reflector(_ a: [[Double]], column k: Int) -> [Double]? {
        var v = (k + 1..<a.count).map { a[$0][k] }
        let scale = v.map(abs).max()!
        guard v.dropFirst().contains(where: { $0 != 0 }), scale > 0 else { return nil }
        for i in v.indices { v[i] /= scale }
        let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
        v[0] += v[0] < 0 ? -norm : norm
        let length = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return v.map { $0 / length }
    }

    /// a <- (I - 2 v v') a (I - 2 v v'), v from row `start` on.
    private static func reflect(_ a: inout [[Double]], _ v: [Double], from start: Int) {
        reflectRows(&a, v, from: start)
        for row in a.indices {
            var dot = 0.0
            for i in v.indices { dot += a[row][start + i] * v[i] }
            for i in v.indices { a[row][start + i] -= 2 * dot * v[i] }
        }
    }

    /// a <- (I - 2 v v') a.
    private static func reflectRows(_ a: inout [[Double]], _ v: [Double], from start: Int) {
        guard let width = a.first?.count else { return }
        var dots = [Double](repeating: 0, count: width)
        for i in v.indices {
            for column in 0..<width { dots[column] += v[i] * a[start + i][column] }
        }
        for i in v.indices {
            for column in 0..<width { a[start + i][column] -= 2 * v[i] * dots[column] }
        }
    }
}
