import CEos

/// The algebraically largest eigenvalues of a symmetric operator that is known by its products with vectors only.
///
/// Lanczos' method with full reorthogonalisation (Lanczos 1950), as a Rayleigh-Ritz process: the basis grows by the
/// residual of the first wanted Ritz pair that has not converged, which from one starting vector spans the same Krylov
/// spaces. Because the products of the whole basis are kept, the residual |A v - theta v| of a Ritz pair is computed
/// and not estimated, so that the bound reported holds for products from differences of gradients too; an eigenvalue
/// of A lies within it of theta. A full basis is contracted to its best Ritz vectors (thick restart; Wu, Simon 2000).
///
/// A Krylov space holds one copy of a multiple eigenvalue. Where several eigenvalues are wanted, the converged ones
/// are therefore confirmed: a random direction is added and followed until it brings nothing new.
///
/// A state machine without input or output: `direction` is the vector to be multiplied, `absorb` takes the product.
public final class LeadingEigenvalues {
    public struct Options: Sendable {
        public var count: Int
        public var tolerance: Double
        public var maxProducts: Int
        public var maxBasis: Int
        /// What the error of a product is known to stay below, relative to the largest eigenvalue by magnitude; 0: that
        /// of the element type.
        public var productAccuracy: Double
        public var seed: UInt64

        /// - Parameters:
        ///   - count: eigenvalues wanted, at least 1; no more are found than there are dimensions.
        ///   - maxBasis: vectors kept, at least 2 count + 4; nil: 2 count + 40.
        public init(
            count: Int = 1, tolerance: Double = 1e-3, maxProducts: Int = 100, maxBasis: Int? = nil,
            productAccuracy: Double = 0, seed: UInt64 = 0
        ) {
            self.count = min(max(count, 1), 1 << 40)
            self.tolerance = tolerance
            self.maxProducts = max(maxProducts, 1)
            self.maxBasis = max(maxBasis ?? 2 * self.count + 40, 2 * self.count + 4)
            self.productAccuracy = productAccuracy
            self.seed = seed
        }
    }

    /// An approximate eigenpair.
    public struct Pair: Sendable, Equatable {
        public let value: Double
        /// |A v - value v| for the unit vector v.
        public let residual: Double
        /// Whether the residual is below the tolerance relative to |value|, or at the rounding of the products.
        public let converged: Bool
    }

    /// Steps along a random direction that must bring nothing new before several eigenvalues count as the largest.
    private static let confirmingSteps = 3
    /// Directions beyond the start that are always followed: a start that is an eigenvector by itself proves nothing.
    private static let leastExpansions = 2

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
    private var expansions = 0
    private var confirming = 0
    private var confirmed: [Double] = []
    private var randomVectors = 0
    private var image: Vector
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
        case .unconverged:
            confirming = 0
            try expand()
        case .tooFew:
            try appendRandom()
        case .converged where options.count > 1:
            try confirm()
        case .converged:
            if expansions < Self.leastExpansions { try expand() } else { isFinished = true }
        }
    }

    private enum RitzVerdict {
        case converged, unconverged, tooFew
    }

    /// The wanted Ritz pairs with their residuals. Leaves the residual vector of the first that has not converged, else
    /// of the first, in `expansion`.
    private func rayleighRitz() throws(EosError) -> RitzVerdict {
        let eigen = SymmetricEigen(projected)
        let scale = eigen.values.reduce(0) { max($0, abs($1)) }
        let rounding =
            (4 * space.type.epsilon * Double(images.count).squareRoot() + options.productAccuracy) * scale
        let wanted = min(options.count, images.count)
        coefficients = Array(eigen.vectors.reversed().prefix(max(options.count + 1, kept)))
        pairs = []
        var verdict = RitzVerdict.converged
        for k in 0..<wanted {
            let value = eigen.values[images.count - 1 - k]
            computeResidual(coefficients[k], value, into: scratch)
            let norm = space.norm2(scratch.pointer).squareRoot() + rounding
            let converged = norm <= max(options.tolerance * abs(value), 2 * rounding)
            pairs.append(Pair(value: value, residual: norm, converged: converged))
            if k == 0 || (!converged && verdict == .converged) { swap(&scratch, &expansion) }
            if !converged { verdict = .unconverged }
        }
        return verdict == .converged && wanted < options.count ? .tooFew : verdict
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
        expansions += 1
        try contractIfFull()
        if basis.append(expansion) {
            expansion = try space.makeVector()
        } else {
            try appendRandom()
        }
    }

    /// Several pairs have converged: follows a random direction to see whether a larger eigenvalue was missed.
    private func confirm() throws(EosError) {
        let values = pairs.map(\.value)
        let limit = options.tolerance * (values.map(abs).max() ?? 0)
        let unchanged = confirming > 0 && zip(values, confirmed).allSatisfy { abs($0 - $1) <= limit }
        confirmed = values
        guard unchanged else {
            confirming = 1
            try contractIfFull()
            return try appendRandom()
        }
        confirming += 1
        if confirming > Self.confirmingSteps {
            isFinished = true
            return
        }
        // The last product before `contractIfFull` may drop it: the Krylov direction of the random vector.
        expansion.copy(from: images[images.count - 1].pointer)
        try expand()
    }

    private func appendRandom() throws(EosError) {
        randomVectors += 1
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
        for value in [basis.count, images.count, products, expansions, confirming, randomVectors] {
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
        guard (1...options.maxBasis + 1).contains(counts.basis), (0...counts.basis).contains(counts.images) else {
            throw EosError(
                EOS_E_FORMAT, "the saved state has a basis of \(counts.basis) vectors and \(counts.images) products")
        }
        try self.init(space, options: options)
        products = try decoder.integer()
        expansions = try decoder.integer()
        confirming = try decoder.integer()
        randomVectors = try decoder.integer()
        confirmed = try decoder.doubles()
        for _ in 0..<counts.images {
            let row = try decoder.doubles()
            guard row.count == counts.images else {
                throw EosError(EOS_E_FORMAT, "the saved projected matrix is not square")
            }
            projected.append(row)
        }
        let all = try vectors(counts)
        basis.take(Array(all.prefix(counts.basis)))
        images = Array(all.dropFirst(counts.basis))
    }
}
