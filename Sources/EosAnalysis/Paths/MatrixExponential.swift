import Glibc

extension DenseMatrix {
    /// e^A by scaling and squaring with diagonal Pade approximants (N. J. Higham, 2005, "The scaling and squaring
    /// method for the matrix exponential revisited", SIAM J. Matrix Anal. Appl. 26:1179).
    ///
    /// A must be square. The backward error is within the rounding of double; elements that are not finite come back as
    /// NaN.
    public func exponential() -> DenseMatrix {
        precondition(rows == columns)
        let norm = columnNorm
        guard norm.isFinite else {
            return DenseMatrix(rows: rows, columns: columns, elements.map { _ in .nan })
        }
        for (degree, limit) in Pade.limits where norm <= limit { return pade(Pade.coefficients(degree)) }
        let halvings = max(0, Int(log2(norm / Pade.limits.last!.limit).rounded(.up)))
        var result = (exp2(-Double(halvings)) * self).pade(Pade.coefficients(Pade.limits.last!.degree))
        for _ in 0..<halvings { result = result * result }
        return result
    }

    /// (V + U) / (V - U), U and V the odd and even part of the numerator.
    private func pade(_ b: [Double]) -> DenseMatrix {
        let square = self * self
        var power = DenseMatrix.identity(rows)
        var odd = DenseMatrix.zero(rows, rows)
        var even = odd
        for k in stride(from: 0, to: b.count, by: 2) {
            if k > 0 { power = power * square }
            even = even + b[k] * power
            if k + 1 < b.count { odd = odd + b[k + 1] * power }
        }
        odd = self * odd
        return (even - odd).solve(even + odd)
    }
}

private enum Pade {
    /// The column norms up to which a degree is exact to rounding (Higham, table 2.3).
    static let limits: [(degree: Int, limit: Double)] = [
        (3, 1.495585217958292e-2), (5, 2.539398330063230e-1), (7, 9.504178996162932e-1), (9, 2.097847961257068),
        (13, 5.371920351148152),
    ]

    /// (2 q - k)! q! / ((2 q)! k! (q - k)!) of x^k, k = 0 ... q.
    static func coefficients(_ degree: Int) -> [Double] {
        var coefficients = [1.0]
        for k in 1...degree {
            coefficients.append(coefficients[k - 1] * Double(degree - k + 1) / Double(k * (2 * degree - k + 1)))
        }
        return coefficients
    }
}
