import CEos
import Glibc

/// The algebraically largest eigenvalues of a symmetric operator that is known by its products with vectors only.
///
/// Lanczos' method with full reorthogonalisation (Lanczos 1950), as a Rayleigh-Ritz process. Because the products of the
/// whole basis are kept, the residual |A v - theta v| of a Ritz pair is computed and not estimated, so that the bound
/// reported holds for products from differences of gradients too; an eigenvalue of A lies within it of theta. A full
/// basis is contracted to its best Ritz vectors (thick restart; Wu, Simon 2000).
///
/// Converged pairs need not be the largest ones: the start may lie in an invariant subspace, and a Krylov space holds
/// one copy of a multiple eigenvalue. So the process ends only when Lanczos' steps from a random vector, in the complement
/// of what has converged, exclude larger eigenvalues but for a stated probability (`RandomChain`). Without a start the
/// chain begins at once, and finds the first eigenvalue as well. Where one eigenvalue is wanted, a guard, the leading
/// vector of an operator nearby that was sought from scratch, takes the place of the random vector.
///
/// A state machine without input or output: `direction` is the vector to be multiplied, `absorb` takes the product.
public final class LeadingEigenvalues {
    public let options: Options
    public let space: HostSpace
    public private(set) var products = 0
    public internal(set) var isFinished = false

    var basis: Basis
    /// A times each basis vector, divided by 2^exponent; fewer than the basis while products are asked for.
    var images: [Vector] = []
    /// What the products were divided by, for operators whose squares are not representable.
    var exponent = 0
    /// basis[i]' images[j], symmetric.
    var projected: [[Double]] = []
    /// images[i]' images[j], as far as it was needed.
    var gram: [[Double]] = []
    /// Ritz coefficients over the basis, a row a pair.
    var coefficients: [[Double]] = []
    /// The steps from a random vector; nil while those from the start, or with guards, are made.
    var chain: RandomChain?
    var randomVectors = 0
    var isGuarded = false
    /// The best pairs known of A/2^exponent.
    var found: [Pair] = []
    /// Up to which the products' errors may move a residual of A/2^exponent.
    var rounding = 0.0
    /// Of products by differences: a factor on their width, as far as it was found to be better than 1.
    var widthFactor = 1.0
    /// The products at the pairs found whose error is measured; nil before.
    var checks: Checks?
    /// How often the search went on because products at the pairs contradicted it.
    var repairs = 0
    var image: Vector
    /// The length of the last product that is there.
    var lastNorm = 0.0
    var expansion: Vector
    var scratch: Vector

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
        basis.tolerance = options.orthogonality
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
        if basis.count == 0 { try beginChain() }
    }

    private func append(_ vector: Vector) throws(EosError) {
        let copy = try space.makeVector()
        copy.copy(from: vector.pointer)
        _ = basis.append(copy)
    }

    /// The vector whose product is needed next; unit length.
    public var direction: UnsafeRawPointer {
        UnsafeRawPointer((checks?.vector ?? basis.vectors[images.count]).pointer)
    }

    /// Where the product is to be written.
    public var product: UnsafeMutableRawPointer { image.pointer }

    /// The best pairs known, largest first; all `count` of them (or as many as there are dimensions) once finished, and
    /// fewer where the products did not suffice.
    public var pairs: [Pair] {
        let scale = Double(sign: .plus, exponent: exponent, significand: 1)
        guard exponent != 0 else { return found }
        return found.map {
            Pair(value: $0.value * scale, residual: ($0.residual * scale).nextUp, converged: $0.converged)
        }
    }

    /// Takes the product that was written to `product`.
    ///
    /// - Returns: false for a product that is not finite: the process can't go on.
    public func absorb() throws(EosError) -> Bool { try absorb(error: 0, products: 1) }

    /// - Parameters:
    ///   - error: of the product, where `measuresError` asked for it.
    ///   - count: products that it took.
    func absorb(error: Double, products count: Int) throws(EosError) -> Bool {
        // The product with itself in the same pass.
        let known = checks == nil ? basis.vectors.prefix(images.count + 1) : []
        var column = space.dots(known + [image], UnsafeRawPointer(image.pointer))
        let norm = space.norm(image.pointer, square: column.removeLast())
        guard norm.isFinite else { return false }
        products += count
        if checks != nil {
            try check(error)
            if !isFinished { image = try space.makeVector() }
            return true
        }
        if bringIntoRange(norm) {
            column = space.dots(known, UnsafeRawPointer(image.pointer))
        }
        lastNorm = scalbn(norm, Int32(-exponent))
        images.append(image)
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
    func advance() throws(EosError) {
        let isComplete = images.count == space.count
        let eigen = SymmetricEigen(projected)
        let next = isComplete ? nil : try nextOfChain(eigen)
        let ritz = rayleighRitz(eigen, next)
        if isComplete || isLeading(ritz, next) { return try finish(leading: found.count) }
        guard products < searchProducts else {
            let leading = found.indices.prefix { isExcluded(ritz, above: $0, next) }
            return try finish(leading: leading.count)
        }
        try grow(ritz, next)
    }

    /// - Parameter leading: how many of the pairs are known to be the largest ones.
    private func finish(leading: Int) throws(EosError) {
        for index in found.indices where index >= leading { found[index].converged = false }
        if options.measuresErrors { try beginChecks() } else { isFinished = true }
    }

    /// Chooses the next direction.
    private func grow(_ ritz: Ritz, _ next: Step?) throws(EosError) {
        if let next, let vector = next.vector, follows(vector, ritz) {
            try contractChainIfFull()
            basis.append(orthonormal: vector, defect: next.defect)
            chain?.lengths.append(next.length)
            return
        }
        if ritz.open != nil || isGuarded {
            // Not along the chain, which ends here: what it has excluded no longer counts.
            chain = nil
            try contractIfFull(ritz)
            if basis.append(expansion) {
                expansion = try space.makeVector()
                return
            }
        }
        try beginChain(ritz)
    }

    /// Whether the chain's next step is of use: it lowers the residual of the pair that is open, or tells more of larger
    /// eigenvalues. From a chain alone all residuals lie along it, and it does not tell copies of an eigenvalue.
    private func follows(_ next: Vector, _ ritz: Ritz) -> Bool {
        guard let chain, !isAlone(chain) else { return true }
        guard chain.first > 0 else { return ritz.open != nil || found.count < options.count }
        guard let open = ritz.open else { return found.count < options.count || !hasShown(ritz, chain) }
        let residual = space.norm(expansion.pointer)
        let along = abs(space.dot(next.pointer, expansion.pointer))
        let across = max(residual * residual - along * along, 0).squareRoot()
        return across <= max(0.5 * allowed(found[open].value, ritz.rounding), 0.5 * along)
    }

    /// Begins steps from a random vector, in the complement of what has converged.
    private func beginChain(_ ritz: Ritz? = nil) throws(EosError) {
        chain = nil
        isGuarded = false
        if let ritz { try contractToConverged(ritz) }
        let vector = try space.makeVector()
        guard let length = basis.drawRandom(into: vector, seed: options.seed, stream: UInt64(randomVectors + 1)) else {
            return try finish(leading: found.count)
        }
        randomVectors += 1
        // The probabilities of all random vectors add up to that of a miss.
        let probability = options.missProbability * Double(sign: .plus, exponent: -randomVectors, significand: 1)
        chain = RandomChain(first: basis.count, length: length, probability: probability)
        basis.append(orthonormal: vector)
    }

    func restore(basis vectors: [Vector], images: [Vector], _ products: Int) {
        basis.take(vectors)
        self.images = images
        self.products = products
    }

    func combine(_ vectors: [Vector], _ row: [Double]) throws(EosError) -> Vector {
        let out = try space.makeVector()
        space.combine(Array(vectors.prefix(row.count)), row, adding: false, into: out.pointer)
        return out
    }
}
