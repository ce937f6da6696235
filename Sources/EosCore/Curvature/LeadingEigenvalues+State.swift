import CEos

extension LeadingEigenvalues {
    /// Names what is saved of a process to `coder`. A reader is given a new one of the same options.
    func describe<Coder: FieldCoder>(to coder: inout Coder) throws(EosError) {
        var counts = Counts(basis: basis.count, images: images.count, checked: checks?.vectors.count ?? -1)
        try coder.integer(&counts.basis)
        try coder.integer(&counts.images)
        try coder.integer(&counts.checked)
        // A product is under way: there is a vector to be multiplied.
        guard (1...min(options.maxBasis + 1, space.count)).contains(counts.basis),
            (0...counts.basis).contains(counts.images), (counts.images == counts.basis) == (counts.checked >= 0),
            (-1...options.count).contains(counts.checked)
        else {
            throw EosError(
                EOS_E_FORMAT, "the saved state has a basis of \(counts.basis) vectors and \(counts.images) products")
        }
        var products = products
        try coder.integer(&products, in: 0...1 << 31)
        try coder.integer(&exponent, in: -2000...2000)
        try coder.integer(&randomVectors, in: 0...1 << 31)
        try coder.integer(&repairs, in: 0...100)
        var isContradicted = checks?.isContradicted ?? false
        try coder.bool(&isContradicted)
        try coder.number(&widthFactor)
        try coder.number(&basis.defect)
        try coder.pairs(&found)
        guard basis.defect >= 0, basis.defect <= basis.tolerance else {
            throw EosError(EOS_E_FORMAT, "the saved basis is further from orthogonal than the search allows")
        }
        guard widthFactor > 0, widthFactor.isFinite, counts.checked < max(found.count, 1) else {
            throw EosError(EOS_E_FORMAT, "the saved pairs or the saved width of differences are invalid")
        }
        try coder.bool(&isGuarded)
        try describeChain(counts, to: &coder)
        if Coder.reads { projected = [[Double]](repeating: [], count: counts.images) }
        for i in projected.indices {
            try coder.numbers(&projected[i], count: counts.images)
            guard projected[i].allSatisfy(\.isFinite) else {
                throw EosError(EOS_E_FORMAT, "the saved projected matrix is not finite")
            }
        }
        var vectors = basis.vectors + images
        if let checks { vectors += [checks.vector] + checks.vectors + checks.images }
        if Coder.reads { vectors = [Vector](repeating: image, count: counts.all) }
        for i in vectors.indices { try coder.vector("eos.sharpness.basis.\(i)", &vectors[i]) }
        if Coder.reads { try restore(counts, vectors, products: products, isContradicted: isContradicted) }
    }

    /// The vectors that a saved state has: basis first, then the products that are there, then those of the checks.
    private struct Counts {
        var basis: Int
        var images: Int
        /// Pairs at which the error was measured; -1 before.
        var checked: Int

        var all: Int { basis + images + (checked < 0 ? 0 : 1 + 2 * checked) }
    }

    private func describeChain<Coder: FieldCoder>(_ counts: Counts, to coder: inout Coder) throws(EosError) {
        var first = chain?.first ?? -1
        var logOverlap = chain?.logOverlap ?? 0
        var lengths = chain?.lengths ?? []
        var dropped = chain?.dropped ?? []
        try coder.integer(&first, in: -1...counts.basis - 1)
        try coder.number(&logOverlap)
        try coder.numbers(&lengths, count: nil)
        try coder.numbers(&dropped, count: nil)
        guard logOverlap.isFinite, (lengths + dropped).allSatisfy(\.isFinite) else {
            throw EosError(EOS_E_FORMAT, "the saved steps from a random vector are not finite")
        }
        chain =
            first < 0 ? nil : RandomChain(first: first, logOverlap: logOverlap, lengths: lengths, dropped: dropped)
    }

    private func restore(
        _ counts: Counts, _ vectors: [Vector], products: Int, isContradicted: Bool
    ) throws(EosError) {
        guard vectors.allSatisfy({ space.norm2($0.pointer).isFinite }) else {
            throw EosError(EOS_E_FORMAT, "the saved basis is not finite")
        }
        let rest = vectors.dropFirst(counts.basis)
        restore(basis: Array(vectors.prefix(counts.basis)), images: Array(rest.prefix(counts.images)), products)
        let checked = rest.dropFirst(counts.images)
        guard let vector = checked.first else { return }
        // The Ritz vectors that are still to be checked follow from the rest.
        let pairs = found
        _ = rayleighRitz(SymmetricEigen(projected), nil)
        found = pairs
        checks = Checks(
            vector: vector, vectors: Array(checked.dropFirst().prefix(counts.checked)),
            images: Array(checked.suffix(counts.checked)), isContradicted: isContradicted)
    }
}

extension FieldCoder {
    /// Eigenvalues with their residuals.
    mutating func pairs(_ pairs: inout [LeadingEigenvalues.Pair]) throws(EosError) {
        var values = pairs.map(\.value)
        var residuals = pairs.map(\.residual)
        var converged = pairs.map { $0.converged ? 1.0 : 0 }
        try numbers(&values, count: nil)
        try numbers(&residuals, count: values.count)
        try numbers(&converged, count: values.count)
        guard Self.reads else { return }
        pairs = values.indices.map {
            LeadingEigenvalues.Pair(value: values[$0], residual: residuals[$0], converged: converged[$0] == 1)
        }
    }
}
