import CEos

/// The density of a symmetric operator's eigenvalues, by stochastic Lanczos quadrature (Golub, Welsch 1969; Ghorbani,
/// Krishnan, Xiao 2019, arXiv 1901.10159).
///
/// Each random probe gives a Gauss quadrature of its own spectral measure: the eigenvalues of the tridiagonal matrix
/// of Lanczos' method are the nodes, the squared first components of its eigenvectors the weights. The mean over
/// probes of sum(weight h(node)) estimates trace h(A)/n, exactly for polynomials h up to degree 2 steps - 1 in each
/// probe's measure.
public struct SpectralDensity: Sendable {
    /// A row a probe, ascending; shorter than `steps` where the probe's Krylov space is smaller.
    public private(set) var nodes: [[Double]] = []
    /// As `nodes`; not negative, summing to 1 over all probes.
    public private(set) var weights: [[Double]] = []

    /// - Parameters:
    ///   - steps: Lanczos steps a probe, each one product; full reorthogonalisation keeps `steps` vectors.
    ///   - accuracy: of the products, relative to the largest of them; 0: that of the element type.
    ///   - multiply: writes A v for v into its second argument.
    public init(
        space: HostSpace, probes: Int, steps: Int, seed: UInt64, accuracy: Double = 0,
        multiply: (UnsafeRawPointer, UnsafeMutableRawPointer) throws(EosError) -> Void
    ) throws(EosError) {
        guard probes >= 1, steps >= 1 else {
            throw EosError(
                EOS_E_INVALID,
                "a spectrum of \(probes) probes and \(steps) steps is impossible; give at least 1 of each")
        }
        let accuracy = max(accuracy, 10 * space.type.epsilon)
        for probe in 0..<probes {
            let (diagonal, off) = try Self.lanczos(space, steps, Random(seed: seed), UInt64(probe), accuracy, multiply)
            let eigen = SymmetricEigen(diagonal: diagonal, off: off)
            nodes.append(eigen.values)
            let squares = eigen.vectors.map { $0[0] * $0[0] }
            let total = squares.reduce(0, +) * Double(probes)
            weights.append(squares.map { $0 / total })
        }
    }

    /// The estimate of trace h(A)/n.
    public func mean(of h: (Double) -> Double) -> Double {
        zip(nodes, weights).reduce(0) { sum, row in
            sum + zip(row.0, row.1).reduce(0) { $0 + $1.1 * h($1.0) }
        }
    }

    private static func lanczos(
        _ space: HostSpace, _ steps: Int, _ random: Random, _ probe: UInt64, _ accuracy: Double,
        _ multiply: (UnsafeRawPointer, UnsafeMutableRawPointer) throws(EosError) -> Void
    ) throws(EosError) -> (diagonal: [Double], off: [Double]) {
        var basis = Basis(space)
        let start = try space.makeVector()
        // Rademacher components: of all independent ones they give the smallest variance of the trace (Hutchinson).
        space.fill(start.pointer) { random.bits(probe * UInt64(space.count) + UInt64($0)) >> 63 == 0 ? 1 : -1 }
        _ = basis.append(start)
        var diagonal: [Double] = []
        var off: [Double] = []
        var size = 0.0
        while true {
            let v = basis.vectors[diagonal.count]
            let image = try space.makeVector()
            try multiply(v.pointer, image.pointer)
            let alpha = space.dot(v.pointer, image.pointer)
            size = max(size, space.norm(image.pointer))
            guard alpha.isFinite, size.isFinite else {
                throw EosError(EOS_E_NONFINITE, "a Hessian-vector product is not finite")
            }
            diagonal.append(alpha)
            if diagonal.count == steps { break }
            let product = try space.makeVector()
            product.copy(from: image.pointer)
            // The probe's Krylov space ends where only rounding is left.
            guard basis.orthonormalise(image, floor: accuracy * size) != nil else { break }
            basis.append(orthonormal: image)
            off.append(space.dot(basis.vectors[diagonal.count].pointer, product.pointer))
        }
        return (diagonal, off)
    }
}
