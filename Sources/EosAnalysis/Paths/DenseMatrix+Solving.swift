extension DenseMatrix {
    /// X of self X = right, by elimination with row exchanges; infinities or NaN where the matrix is singular.
    public func solve(_ right: DenseMatrix) -> DenseMatrix {
        precondition(rows == columns && rows == right.rows)
        var (a, x) = (self, right)
        for k in 0..<rows {
            let pivot = (k..<rows).max { abs(a[$0, k]) < abs(a[$1, k]) }!
            if pivot != k {
                a.swapRows(k, pivot)
                x.swapRows(k, pivot)
            }
            for i in (k + 1)..<max(rows, k + 1) {
                let factor = a[i, k] / a[k, k]
                if factor == 0 { continue }
                for j in k..<columns { a[i, j] -= factor * a[k, j] }
                for j in 0..<x.columns { x[i, j] -= factor * x[k, j] }
            }
        }
        for k in stride(from: rows - 1, through: 0, by: -1) {
            for j in 0..<x.columns {
                var value = x[k, j]
                for i in (k + 1)..<max(rows, k + 1) { value -= a[k, i] * x[i, j] }
                x[k, j] = value / a[k, k]
            }
        }
        return x
    }

    /// x of self x = right.
    public func solve(_ right: [Double]) -> [Double] {
        solve(DenseMatrix(rows: rows, columns: 1, right)).elements
    }

    private mutating func swapRows(_ i: Int, _ j: Int) {
        for column in 0..<columns { elements.swapAt(i * columns + column, j * columns + column) }
    }

    /// The lower triangular L of self = L L'; nil where the matrix is not positive definite.
    public func choleskyFactor() -> DenseMatrix? {
        var factor = DenseMatrix.zero(rows, rows)
        for j in 0..<rows {
            for i in j..<rows {
                var sum = self[i, j]
                for k in 0..<j { sum -= factor[i, k] * factor[j, k] }
                if i == j {
                    guard sum > 0, sum.isFinite else { return nil }
                    factor[j, j] = sum.squareRoot()
                } else {
                    factor[i, j] = sum / factor[j, j]
                }
            }
        }
        return factor
    }

    /// L^-1 x for a lower triangular matrix.
    public func solveLower(_ x: [Double]) -> [Double] {
        var result = x
        for i in 0..<rows {
            for k in 0..<i { result[i] -= self[i, k] * result[k] }
            result[i] /= self[i, i]
        }
        return result
    }
}
