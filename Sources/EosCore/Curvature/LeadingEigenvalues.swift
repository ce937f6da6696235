import CEos

/// The algebraically largest eigenvalues of a symmetric operator that is known by its products with vectors only.
///
/// Lanczos' method with full reorthogonalisation (Lanczos 1950), as a Rayleigh-Ritz process: the basis grows by the
/// residual of the first wanted Ritz pair that has not converged, which from one starting vector spans the same Krylov
/// spaces. Because the products of the whole basis are kept, the residual |A v - theta v| of a Ritz pair is computed
/// and not estimated, so that the bound reported holds for products from differences of gradients too; an eigenvalue
/// of A lies within it of theta. A full basis is contracted to its best Ritz vectors (thick restart; Wu, Simon 2000).
///
/// Converged pairs need not be the largest ones: the start may lie in an invariant subspace, and a Krylov space holds
/// one copy of a multiple eigenvalue. So the basis always holds a random direction too, and it is followed until the
/// next Ritz value below the wanted ones can't climb over them any more. Where several eigenvalues are wanted, random
/// directions are added until one brings nothing new.
///
/// A state machine without input or output: `direction` is the vector to be multiplied, `absorb` takes the product.
public final class LeadingEigenvalues {
    /// Steps along a random direction before the Ritz values that it brings mean anything: what it has of a larger
    /// eigenvalue grows with every step, and is little at first.
    private static let leastSteps = 3

    public let options: Options
    public let space: HostSpace
    /// The best pairs known, largest first; all `count` of them (or as many as there are dimensions) once finished.
    public private(set) var pairs: [Pair] = []
    public private(set) var products = 0
    public private(set) var isFinished = false

    private var basis: Basis
    /// A times each basis vector; fewer than the basis while products are asked for.
    private var images: [Vector] = []
    /// basis[i]' images[j], symmetric.
    private var projected: [[Double]] = []
    /// Ritz coefficients over the basis, a row a pair.
    private var coefficients: [[Double]] = []
    /// Steps since a random direction was added.
    private var steps = 0
    private var randomVectors = 0
    /// The values that had converged when the last random direction was added.
    private var confirmed: [Double] = []
    private(set) var image: Vector
    private var expansion: Vector
    private var scratch: Vector

    /// - Parameter start: vectors to start from, such as the Ritz vectors of a nearby operator; zero, non-finite and
    ///   dependent ones are passed over. Empty: a random vector.
    public init(_ space: HostSpace, start: [Vector] = [], options: Options) throws(EosError) {
        self.space = space
        self.options = options
        basis = Basis(space)
        image = try space.makeVector()
        expansion = try space.makeVector()
        scratch = try space.makeVector()
        for vector in start.prefix(min(options.maxBasis / 2, options.maxProducts)) {
            let copy = try space.makeVector()
            copy.copy(from: vector.pointer)
            _ = basis.append(copy)
        }
        if basis.count == 0 { try appendRandom() }
    }

    /// The vector whose product is needed next; unit length.
    public var direction: UnsafeRawPointer { UnsafeRawPointer(basis.vectors[images.count].pointer) }

    /// Where the product is to be written.
    public var product: UnsafeMutableRawPointer { image.pointer }

    /// Takes the product that was written to `product`.
    ///
    /// - Returns: false for a product that is not finite: the process can't go on.
    public func absorb() throws(EosError) -> Bool {
        guard space.norm2(image.pointer).isFinite else { return false }
        products += 1
        images.append(image)
        let column = (0..<images.count).map { space.dot(basis.vectors[$0].pointer, image.pointer) }
        for i in projected.indices { projected[i].append(column[i]) }
        projected.append(column)
        if images.count == basis.count { try advance() }
        if !isFinished { image = try space.makeVector() }
        return true
    }

    /// The vectors of the first `count` pairs known, orthonormal.
    public func vectors(_ count: Int) throws(EosError) -> [Vector] {
        var result: [Vector] = []
        for row in coefficients.prefix(count) { result.append(try combine(basis.vectors, row)) }
        return result
    }

    /// What to start from at a nearby operator: the vectors wanted and one more that guards against a crossing.
    public func warmVectors() throws(EosError) -> [Vector] { try vectors(options.count + 1) }

    /// All products of the basis are there: judges the Ritz pairs and chooses the next direction.
    private func advance() throws(EosError) {
        let verdict = try rayleighRitz()
        if products >= options.maxProducts || images.count == space.count {
            isFinished = true
            return
        }
        switch verdict {
        case .unconverged: try expand()
        case .tooFew: try appendRandom()
        case .converged(let reach): try confirm(reach)
        }
    }

    private enum RitzVerdict {
        case unconverged, tooFew
        /// All wanted pairs have converged; `reach` is what the first pair below them that has not may still become:
        /// its value and twice its residual, because early Ritz values climb past the nearest eigenvalue. Nil: there is
        /// none.
        case converged(reach: Double?)
    }

    /// The wanted Ritz pairs with their residuals. Leaves the residual vector of the first pair that has not converged
    /// in `expansion`, that of one below the wanted ones if need be.
    private func rayleighRitz() throws(EosError) -> RitzVerdict {
        let eigen = SymmetricEigen(projected)
        let scale = eigen.values.reduce(0) { max($0, abs($1)) }
        let rounding =
            (4 * space.type.epsilon * Double(images.count).squareRoot() + options.productAccuracy) * scale
        let wanted = min(options.count, images.count)
        coefficients = Array(eigen.vectors.reversed().prefix(max(options.count + 1, kept)))
        pairs = []
        var firstOpen: Pair?
        for k in 0..<images.count where k < wanted || firstOpen == nil {
            let row = k < coefficients.count ? coefficients[k] : eigen.vectors[images.count - 1 - k]
            let pair = pair(row, eigen.values[images.count - 1 - k], rounding)
            if !pair.converged, firstOpen == nil {
                firstOpen = pair
                swap(&scratch, &expansion)
            }
            if k < wanted { pairs.append(pair) }
        }
        if pairs.contains(where: { !$0.converged }) { return .unconverged }
        return wanted < options.count ? .tooFew : .converged(reach: firstOpen.map { $0.value + 2 * $0.residual })
    }

    /// Judges one Ritz pair; its residual vector is left in `scratch`.
    private func pair(_ row: [Double], _ value: Double, _ rounding: Double) -> Pair {
        computeResidual(row, value, into: scratch)
        let norm = space.norm2(scratch.pointer).squareRoot() + rounding
        return Pair(
            value: value, residual: norm, converged: norm <= max(options.tolerance * abs(value), 2 * rounding))
    }

    /// out = sum of s[j] (A v_j - value v_j).
    private func computeResidual(_ s: [Double], _ value: Double, into out: Vector) {
        space.scale(images[0].pointer, by: s[0], into: out.pointer)
        space.move(out.pointer, by: -value * s[0], along: basis.vectors[0].pointer, into: out.pointer)
        for j in 1..<max(s.count, 1) {
            space.move(out.pointer, by: s[j], along: images[j].pointer, into: out.pointer)
            space.move(out.pointer, by: -value * s[j], along: basis.vectors[j].pointer, into: out.pointer)
        }
    }

    /// Grows the basis by `expansion`.
    private func expand() throws(EosError) {
        steps += 1
        try contractIfFull()
        if basis.append(expansion) {
            expansion = try space.makeVector()
        } else {
            try appendRandom()
        }
    }

    /// The wanted pairs have converged: sees to it that they are the largest.
    private func confirm(_ reach: Double?) throws(EosError) {
        let values = pairs.map(\.value)
        let limit = options.tolerance * (values.map(abs).max() ?? 0)
        if randomVectors > 0, let reach, steps < Self.leastSteps || reach > values.last! + limit {
            return try expand()
        }
        let isConfirmed =
            options.count == 1
            || (confirmed.count == values.count && zip(values, confirmed).allSatisfy { abs($0 - $1) <= limit })
        if randomVectors > 0, isConfirmed {
            isFinished = true
        } else {
            confirmed = values
            try appendRandom()
        }
    }

    private func appendRandom() throws(EosError) {
        randomVectors += 1
        steps = 0
        try contractIfFull()
        if try !basis.appendRandom(seed: options.seed, stream: UInt64(randomVectors)) { isFinished = true }
    }

    /// Ritz vectors kept by a restart.
    private var kept: Int { min(options.count + 8, options.maxBasis / 2) }

    /// Contracts a full basis to its best Ritz vectors, whose products are the same combinations of the products.
    private func contractIfFull() throws(EosError) {
        guard basis.count >= options.maxBasis, images.count == basis.count else { return }
        let eigen = SymmetricEigen(projected)
        let rows = Array(eigen.vectors.reversed().prefix(kept))
        var vectors: [Vector] = []
        var products: [Vector] = []
        for row in rows {
            vectors.append(try combine(basis.vectors, row))
            products.append(try combine(images, row))
        }
        basis.take(vectors)
        images = products
        projected = (0..<rows.count).map { i in
            (0..<rows.count).map { $0 == i ? eigen.values[eigen.values.count - 1 - i] : 0 }
        }
        coefficients = (0..<rows.count).map { i in (0..<rows.count).map { $0 == i ? 1 : 0 } }
    }

    private func combine(_ vectors: [Vector], _ row: [Double]) throws(EosError) -> Vector {
        let out = try space.makeVector()
        space.scale(vectors[0].pointer, by: row[0], into: out.pointer)
        for i in 1..<max(row.count, 1) {
            space.move(out.pointer, by: row[i], along: vectors[i].pointer, into: out.pointer)
        }
        return out
    }
}

extension LeadingEigenvalues {
    /// The scalar state, and the vectors that belong to it: basis first, then the products that are there.
    func save(to encoder: inout StateEncoder) -> [Vector] {
        for value in [basis.count, images.count, products, steps, randomVectors] {
            encoder.encode(value)
        }
        encoder.encode(confirmed)
        for row in projected { encoder.encode(row) }
        return basis.vectors + images
    }

    /// The vectors that a saved state refers to.
    struct SavedCounts {
        let basis: Int
        let images: Int
    }

    /// Restores what `save` gave; `vectors` are taken over.
    convenience init(
        _ space: HostSpace, options: Options, from decoder: inout StateDecoder,
        vectors: (SavedCounts) throws(EosError) -> [Vector]
    ) throws(EosError) {
        let counts = SavedCounts(basis: try decoder.integer(), images: try decoder.integer())
        // A product is under way: there is a vector to be multiplied.
        guard (1...min(options.maxBasis + 1, space.count)).contains(counts.basis),
            (0..<counts.basis).contains(counts.images)
        else {
            throw EosError(
                EOS_E_FORMAT, "the saved state has a basis of \(counts.basis) vectors and \(counts.images) products")
        }
        try self.init(space, options: options)
        products = try decoder.integer(in: 0...1 << 31)
        steps = try decoder.integer(in: 0...1 << 31)
        randomVectors = try decoder.integer(in: 0...1 << 31)
        confirmed = try decoder.doubles()
        for _ in 0..<counts.images {
            let row = try decoder.doubles()
            guard row.count == counts.images, row.allSatisfy(\.isFinite) else {
                throw EosError(EOS_E_FORMAT, "the saved projected matrix is not square or not finite")
            }
            projected.append(row)
        }
        let all = try vectors(counts)
        guard all.allSatisfy({ space.norm2($0.pointer).isFinite }) else {
            throw EosError(EOS_E_FORMAT, "the saved basis is not finite")
        }
        basis.take(Array(all.prefix(counts.basis)))
        images = Array(all.dropFirst(counts.basis))
    }
}
