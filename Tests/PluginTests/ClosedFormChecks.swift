import Testing

/// Gradient and Hessian of a smooth objective against central differences, and the Hessian's symmetry.
///
/// - Parameter tolerance: relative to the largest entry.
func expectDerivatives(
    of subject: Subject, at x: [Double], step: Double = 1e-3, tolerance: Double = 1e-8,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let count = x.count
    let gradient = try subject.gradient(x).gradient
    let hessian = try subject.products(x, (0..<count).map { unitVector(count, $0) })
    let sizes = (gradient.map(abs).max()!, hessian.joined().map(abs).max()!)
    for i in 0..<count {
        // Steps in proportion, as parameters differ by orders of magnitude.
        let h = step * max(abs(x[i]), 1e-2)
        let slope = try difference(step: h) { try subject.value(moved(x, by: $0, along: unitVector(count, i))) }
        #expect(abs(slope - gradient[i]) <= tolerance * sizes.0, "at \(x)", sourceLocation: sourceLocation)
        let column = try difference(step: h) { t in
            try subject.gradient(moved(x, by: t, along: unitVector(count, i))).gradient
        }
        for j in 0..<count {
            #expect(
                abs(column[j] - hessian[i][j]) <= tolerance * sizes.1, "at \(x)", sourceLocation: sourceLocation)
            #expect(hessian[i][j] == hessian[j][i], "at \(x)", sourceLocation: sourceLocation)
        }
    }
}
