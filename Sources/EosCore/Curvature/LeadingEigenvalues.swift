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
/// one copy of a multiple eigenvalue. So the basis always holds a random direction too, and whichever Ritz pair below the
/// wanted ones may climb highest is followed until none can climb over them any more. Where several eigenvalues are
/// wanted, random directions are added until one brings nothing new. Where one is wanted, a guard, the leading vector of
/// an operator nearby that was sought from scratch, takes the random direction's place.
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
    /// images[i]' images[j], as far as it was needed.
    private var gram: [[Double]] = []
    /// Ritz coefficients over the basis, a row a pair.
    private var coefficients: [[Double]] = []
    /// Steps since a random direction was added.
    private var steps = 0
    private var randomVectors = 0
    private var isGuarded = false
    /// The values that had converged when the last random direction was added.
    private var confirmed: [Double] = []
    private(set) var image: Vector
    private var expansion: Vector
    private var scratch: Vector

    /// - Parameters:
    ///   - start: vectors to start from, such as the Ritz vectors of a nearby operator; zero, non-finite and dependent
    ///     ones are passed over. Empty, without a guard: a random vector.
    ///   - guards: the first vectors of an operator nearby, one more than are wanted, found without regard to `start`.
    ///     Used where one eigenvalue is wanted.
    public init(
        _ space: HostSpace, start: [Vector] = [], guards: [Vector] = [], options: Options
    ) throws(EosError) {
        self.space = space
        self.options = options
        basis = Basis(space)
        image = try space.makeVector()
        expansion = try space.makeVector()
        scratch = try space.makeVector()
        let limit = min(options.maxBasis / 2, options.maxProducts)
        if options.count == 1, guards.count == 2, limit > 1 {
            try append(start.isEmpty ? guards[0] : start[0])
            // What remains of both: the second, or the first where the start is another.
            let sum = try space.makeVector()
            space.combine(guards, [1, 1], adding: false, into: sum.pointer)
            isGuarded = basis.count > 0 && basis.append(sum)
        } else {
            for vector in start.prefix(limit) { try append(vector) }
        }
        if basis.count == 0 { try appendRandom() }
    }

    private func append(_ vector: Vector) throws(EosError) {
        let copy = try space.makeVector()
        copy.copy(from: vector.pointer)
        _ = basis.append(copy)
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
        let column = space.dots(basis.vectors.prefix(images.count), UnsafeRawPointer(image.pointer))
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
        /// All wanted pairs have converged; `reach` is what a pair below them that has not may still become at most. Nil:
        /// there is none.
        case converged(reach: Double?)
    }

    /// What a Ritz value that has not converged may still become: more than its residual says, because the first ones of
    /// a random direction climb past the nearest eigenvalue.
    private func reach(_ value: Double, _ residual: Double) -> Double { value + (isGuarded ? 1 : 2) * residual }

    /// The wanted Ritz pairs with their residuals. Leaves the residual vector of the first of them that has not converged
    /// in `expansion`, or that of the one below them which may climb highest.
    private func rayleighRitz() throws(EosError) -> RitzVerdict {
        let eigen = SymmetricEigen(projected)
        let scale = eigen.values.reduce(0) { max($0, abs($1)) }
        let rounding =
            (4 * space.type.epsilon * Double(images.count).squareRoot() + options.productAccuracy) * scale
        let wanted = min(options.count, images.count)
        let rows = Array(eigen.vectors.reversed())
        coefficients = Array(rows.prefix(max(options.count + 1, kept)))
        pairs = []
        var isOpen = false
        for k in 0..<wanted {
            let pair = pair(rows[k], eigen.values[images.count - 1 - k], rounding)
            if !pair.converged, !isOpen {
                isOpen = true
                swap(&scratch, &expansion)
            }
            pairs.append(pair)
        }
        if isOpen { return .unconverged }
        if wanted < options.count { return .tooFew }
        return .converged(reach: highestReach(rows, eigen.values, rounding))
    }

    /// Of the pairs below the wanted ones that have not converged; the residual vector of that one is left in
    /// `expansion`.
    private func highestReach(_ rows: [[Double]], _ values: [Double], _ rounding: Double) -> Double? {
        let estimates = (min(options.count, images.count)..<images.count).map { k in
            (k, reach(values[images.count - 1 - k], estimatedResidual(rows[k], values[images.count - 1 - k])))
        }
        for (k, _) in estimates.sorted(by: { $0.1 > $1.1 }) {
            let pair = pair(rows[k], values[images.count - 1 - k], rounding)
            if pair.converged { continue }
            swap(&scratch, &expansion)
            return reach(pair.value, pair.residual)
        }
        return nil
    }

    /// |A v - value v| from |A v| alone, without a pass over vectors: right to the root of the rounding.
    private func estimatedResidual(_ row: [Double], _ value: Double) -> Double {
        while gram.count < images.count {
            let column = space.dots(images.prefix(gram.count + 1), UnsafeRawPointer(images[gram.count].pointer))
            for i in gram.indices { gram[i].append(column[i]) }
            gram.append(column)
        }
        var norm2 = 0.0
        for i in row.indices {
            for j in row.indices { norm2 += row[i] * row[j] * gram[i][j] }
        }
        return max(norm2 - value * value, 0).squareRoot()
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
        space.combine(
            images + basis.vectors.prefix(images.count), s + s.map { -value * $0 }, adding: false, into: out.pointer)
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
        let isProbed = isGuarded || randomVectors > 0
        if isProbed, !isGuarded, steps < Self.leastSteps {
            // Along the random direction: the pair that may climb highest may be an old one, which hides it.
            expansion.copy(from: images.last!.pointer)
            return try expand()
        }
        if isProbed, let reach, reach > values.last! + limit { return try expand() }
        let isConfirmed =
            options.count == 1
            || (confirmed.count == values.count && zip(values, confirmed).allSatisfy { abs($0 - $1) <= limit })
        if isProbed, isConfirmed {
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
        gram = []
        projected = (0..<rows.count).map { i in
            (0..<rows.count).map { $0 == i ? eigen.values[eigen.values.count - 1 - i] : 0 }
        }
        coefficients = (0..<rows.count).map { i in (0..<rows.count).map { $0 == i ? 1 : 0 } }
    }

    private func combine(_ vectors: [Vector], _ row: [Double]) throws(EosError) -> Vector {
        let out = try space.makeVector()
        space.combine(Array(vectors.prefix(row.count)), row, adding: false, into: out.pointer)
        return out
    }
}

extension LeadingEigenvalues {
    /// The scalar state, and the vectors that belong to it: basis first, then the products that are there.
    func save(to encoder: inout StateEncoder) -> [Vector] {
        for value in [basis.count, images.count, products, steps, randomVectors] {
            encoder.encode(value)
        }
        encoder.encode(isGuarded)
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
        isGuarded = try decoder.bool()
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
