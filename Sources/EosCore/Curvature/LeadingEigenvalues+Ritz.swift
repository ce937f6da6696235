import Glibc

/// Ritz pairs, and what is known of the eigenvalues beyond them.
extension LeadingEigenvalues {
    /// All Ritz pairs of the basis.
    struct Ritz {
        /// Ascending.
        let values: [Double]
        /// Coefficients over the basis, that of the largest value first.
        let rows: [[Double]]
        /// What the products' errors may do to a residual.
        let rounding: Double
        /// The first wanted pair that has not converged, whose residual vector is in `expansion`.
        var open: Int?

        /// The k-th largest.
        func value(_ k: Int) -> Double { values[values.count - 1 - k] }
    }

    /// What is left of the last product of a chain.
    struct Step {
        /// Unit length; nil where nothing is left.
        let vector: Vector?
        let length: Double
        /// Inner products that the vector still has with the basis, beside rounding.
        var defect = 0.0
    }

    /// A residual up to which a pair counts as converged.
    func allowed(_ value: Double, _ rounding: Double) -> Double { max(options.tolerance * abs(value), 2 * rounding) }

    /// The wanted Ritz pairs with their residuals, in `found`.
    ///
    /// - Parameter eigen: of `projected`.
    func rayleighRitz(_ eigen: SymmetricEigen, _ next: Step?) -> Ritz {
        let scale = eigen.largest
        // Products that are denormal have an error of their own.
        let smallest = space.type == .f32 ? Double(Float.leastNonzeroMagnitude) : Double.leastNonzeroMagnitude
        let underflow = exponent == 0 ? 0 : scalbn(smallest, Int32(-exponent)) * Double(space.count).squareRoot()
        let rows = Array(eigen.vectors.reversed())
        var ritz = Ritz(
            values: eigen.values, rows: rows,
            rounding: floor(eigen) + options.productAccuracy * scale + underflow)
        coefficients = Array(rows.prefix(max(options.count + 1, kept)))
        rounding = ritz.rounding
        found = []
        for k in 0..<min(options.count, images.count) {
            if let open = openPair(ritz, next) {
                ritz.open = k
                found.append(open)
                continue
            }
            let pair = pair(ritz, k)
            if !pair.converged, ritz.open == nil {
                ritz.open = k
                swap(&scratch, &expansion)
            }
            found.append(pair)
        }
        return ritz
    }

    /// Lengths of what is left of a product up to this are rounding.
    private func floor(_ eigen: SymmetricEigen) -> Double {
        4 * space.type.epsilon * Double(images.count).squareRoot() * eigen.largest
    }

    /// Whether one eigenvalue is sought by a chain that nothing precedes, so that the search is Lanczos' process itself:
    /// the next direction is that of every residual.
    func isAlone(_ chain: RandomChain) -> Bool { options.count == 1 && chain.first == 0 }

    /// The first pair of Lanczos' process, from what is left of the last product alone, where that shows that more products
    /// are needed; nil where the residual has to be computed. Spares a pass over all vectors.
    private func openPair(_ ritz: Ritz, _ next: Step?) -> Pair? {
        guard let chain, isAlone(chain), let next, next.vector != nil, products < searchProducts else { return nil }
        let residual = next.length * abs(ritz.rows[0].last!) + ritz.rounding
        let pair = Pair(value: ritz.value(0), residual: residual, converged: false)
        let isFar = residual > 2 * allowed(pair.value, ritz.rounding)
        return isFar || !chain.isBelow(limit(ritz, above: pair), values: ritz.values, length: next.length) ? pair : nil
    }

    /// Judges one Ritz pair; its residual vector is left in `scratch`.
    private func pair(_ ritz: Ritz, _ k: Int) -> Pair {
        let (value, row) = (ritz.value(k), ritz.rows[k])
        // The sum of row[j] (A v_j - value v_j).
        space.combine(
            images + basis.vectors.prefix(images.count), row + row.map { -value * $0 }, adding: false,
            into: scratch.pointer)
        let residual = space.norm(scratch.pointer) + ritz.rounding
        return Pair(value: value, residual: residual, converged: residual <= allowed(value, ritz.rounding))
    }

    /// |A v - value v| from |A v| alone, without a pass over vectors: right to the root of the rounding.
    private func estimatedResidual(_ ritz: Ritz, _ k: Int) -> Double {
        let (value, row) = (ritz.value(k), ritz.rows[k])
        extendGram(to: row.count)
        var norm2 = 0.0
        for i in row.indices {
            for j in row.indices { norm2 += row[i] * row[j] * gram[i][j] }
        }
        return max(norm2 - value * value, 0).squareRoot()
    }

    private func extendGram(to count: Int) {
        while gram.count < count {
            let column = space.dots(images.prefix(gram.count + 1), UnsafeRawPointer(images[gram.count].pointer))
            for i in gram.indices { gram[i].append(column[i]) }
            gram.append(column)
        }
    }

    /// What is left of the last product after orthogonalisation; nil without a chain.
    func nextOfChain(_ eigen: SymmetricEigen) throws(EosError) -> Step? {
        guard chain != nil, let last = images.last else { return nil }
        let vector = try space.makeVector()
        let rest = basis.rest(
            of: last, norm: lastNorm, coefficients: projected.last!, floor: floor(eigen), into: vector)
        guard let rest else { return Step(vector: nil, length: 0) }
        return Step(vector: vector, length: rest.length, defect: rest.defect)
    }

    /// Whether all wanted pairs have converged and are the largest.
    func isLeading(_ ritz: Ritz, _ next: Step?) -> Bool {
        guard ritz.open == nil, found.count == options.count else { return false }
        return isGuarded ? !leaveHighest(ritz) : isExcluded(ritz, above: found.count - 1, next)
    }

    /// Whether at most k eigenvalues lie above that of pair k and a gap, but for the probability of a miss.
    func isExcluded(_ ritz: Ritz, above k: Int, _ next: Step?) -> Bool {
        guard let chain, let next else { return false }
        let limit = limit(ritz, above: found[k])
        // All copies of a multiple eigenvalue look like one to a single vector.
        if chain.first == 0 { return k == 0 && chain.isBelow(limit, values: ritz.values, length: next.length) }
        let values = eigen(of: chain).values
        guard let bound = chain.bound(below: limit, values: values, length: next.length), bound < limit else {
            return false
        }
        return countBefore(chain.first, above: limit, bound) <= k
    }

    /// The value of a pair and the gap.
    private func limit(_ ritz: Ritz, above pair: Pair) -> Double {
        let spread = ritz.value(0) - ritz.values[0]
        // Zero operators have no size at all.
        return pair.value
            + max(
                options.tolerance * abs(pair.value), options.gap * spread, 4 * ritz.rounding, .leastNonzeroMagnitude)
    }

    /// Whether a chain has found eigenvalues above that of the last wanted pair and the gap: of those it tells one copy
    /// only, and it can't exclude others.
    func hasShown(_ ritz: Ritz, _ chain: RandomChain) -> Bool {
        eigen(of: chain).values.last! >= limit(ritz, above: found.last!)
    }

    /// The operator on the vectors of a chain.
    private func eigen(of chain: RandomChain) -> SymmetricEigen {
        let own = chain.first..<images.count
        return SymmetricEigen(projected[own].map { Array($0[own]) })
    }

    /// How many eigenvalues the operator can have above `limit` at most, where it is `bound` at most on the complement of
    /// the first vectors of the basis.
    ///
    /// In the basis of these and of the complement the operator is [D R'; R B]. Where B <= bound < limit, it has as many
    /// eigenvalues above the limit as D + R'(limit - B)^-1 R (Haynsworth 1968), and that is at most D + R'R/(limit - bound).
    private func countBefore(_ first: Int, above limit: Double, _ bound: Double) -> Int {
        extendGram(to: first)
        let matrix = (0..<first).map { i in
            (0..<first).map { j -> Double in
                var coupling = gram[i][j]
                for l in 0..<first { coupling -= projected[i][l] * projected[l][j] }
                return projected[i][j] + coupling / (limit - bound)
            }
        }
        return SymmetricEigen(matrix).values.filter { $0 > limit }.count
    }

    /// With guards: leaves in `expansion` the residual of the pair below the wanted ones which may climb highest, because
    /// it has not converged.
    ///
    /// - Returns: whether it may climb over them.
    private func leaveHighest(_ ritz: Ritz) -> Bool {
        let estimates = (found.count..<images.count).map { k in (k, ritz.value(k) + estimatedResidual(ritz, k)) }
        for (k, _) in estimates.sorted(by: { $0.1 > $1.1 }) {
            let pair = pair(ritz, k)
            if pair.converged { continue }
            swap(&scratch, &expansion)
            let limit = options.tolerance * (found.map { abs($0.value) }.max() ?? 0)
            return pair.value + pair.residual > found.last!.value + limit
        }
        return false
    }
}

/// Contraction to Ritz vectors, whose products are the same combinations of the products.
extension LeadingEigenvalues {
    /// Ritz vectors kept by a restart.
    var kept: Int { min(options.count + 8, options.maxBasis / 2) }

    /// A full basis becomes its best Ritz vectors.
    func contractIfFull(_ ritz: Ritz) throws(EosError) {
        if basis.count >= options.maxBasis { try contract(ritz, to: Array(0..<min(kept, ritz.rows.count))) }
    }

    /// Before steps from a random vector: without what has not converged, whose coupling to the rest would spoil what they
    /// say. Where a wanted pair has not converged, the best are kept.
    func contractToConverged(_ ritz: Ritz) throws(EosError) {
        guard basis.count == images.count else { return }
        let best = Array(0..<min(kept, ritz.rows.count))
        if ritz.open != nil {
            if best.count < basis.count { try contract(ritz, to: best) }
            return
        }
        let largest = max(abs(ritz.value(0)), abs(ritz.values[0]))
        try contract(
            ritz,
            to: best.filter { $0 < found.count || estimatedResidual(ritz, $0) <= allowed(largest, ritz.rounding) })
    }

    private func contract(_ ritz: Ritz, to chosen: [Int]) throws(EosError) {
        try contract(from: 0, rows: chosen.map { ritz.rows[$0] }, values: chosen.map { ritz.value($0) })
    }

    /// A chain that fills the basis becomes the best Ritz vectors of its own.
    func contractChainIfFull() throws(EosError) {
        guard basis.count >= options.maxBasis, let chain else { return }
        let first = chain.first
        let eigen = eigen(of: chain)
        let keep = max(1, min(options.count + 8, (options.maxBasis - first) / 2))
        let dropped = max(eigen.values.count - keep, 0)
        try contract(
            from: first, rows: Array(eigen.vectors.reversed().prefix(keep)),
            values: Array(eigen.values.reversed().prefix(keep)))
        self.chain?.dropped += eigen.values.prefix(dropped)
    }

    /// Replaces the basis from `first` on by combinations of it, which are Ritz vectors of the operator there.
    private func contract(from first: Int, rows: [[Double]], values: [Double]) throws(EosError) {
        let (oldVectors, oldImages) = (Array(basis.vectors[first...]), Array(images[first...]))
        var (vectors, products) = (Array(basis.vectors[..<first]), Array(images[..<first]))
        for row in rows {
            vectors.append(try combine(oldVectors, row))
            products.append(try combine(oldImages, row))
        }
        let old = projected
        let size = first + rows.count
        projected = (0..<size).map { i in
            (0..<size).map { j -> Double in
                let (least, most) = (min(i, j), max(i, j))
                if most < first { return old[i][j] }
                if least >= first { return i == j ? values[i - first] : 0 }
                let row = rows[most - first]
                return row.indices.reduce(0) { $0 + row[$1] * old[least][first + $1] }
            }
        }
        basis.take(vectors)
        images = products
        gram = []
        coefficients = (0..<size).map { i in (0..<size).map { $0 == i ? 1 : 0 } }
    }
}

extension LeadingEigenvalues {
    /// Divides a new product, of length `norm`, by 2^exponent; chooses the exponent, and divides what is there, where the
    /// squares would leave the range of the element type.
    ///
    /// - Returns: whether the product was changed.
    func bringIntoRange(_ norm: Double) -> Bool {
        guard norm > 0 else { return false }
        let scaled = scalbn(norm, Int32(-exponent))
        let range = space.ordinaryNorms
        let isFirst = !images.contains { space.norm($0.pointer) > 0 }
        if scaled > range.upperBound || (scaled < range.lowerBound && isFirst) {
            let change = exponent - Int(norm.exponent)
            exponent = Int(norm.exponent)
            let factor = scalbn(1, Int32(max(change, -2000)))
            for image in images { space.scale(image.pointer, byPowerOfTwo: change, into: image.pointer) }
            projected = projected.map { $0.map { $0 * factor } }
            chain?.scale(by: factor)
            gram = []
        }
        guard exponent != 0 else { return false }
        space.scale(image.pointer, byPowerOfTwo: -exponent, into: image.pointer)
        return true
    }
}

extension SymmetricEigen {
    /// The largest |eigenvalue|.
    fileprivate var largest: Double { values.reduce(0) { max($0, abs($1)) } }
}
