import CEos

extension LeadingEigenvalues {
    /// The scalar state, and the vectors that belong to it: basis first, then the products that are there.
    func save(to encoder: inout StateEncoder) -> [Vector] {
        let checked = checks?.vectors.count ?? -1
        for value in [basis.count, images.count, checked, products, exponent, randomVectors, repairs] {
            encoder.encode(value)
        }
        encoder.encode(checks?.isContradicted ?? false)
        encoder.encode(widthFactor)
        encoder.encode(basis.defect)
        encoder.encode(found.map(\.value))
        encoder.encode(found.map(\.residual))
        encoder.encode(found.map { $0.converged ? 1 : 0 })
        encoder.encode(isGuarded)
        encoder.encode(chain?.first ?? -1)
        encoder.encode(chain?.logOverlap ?? 0)
        encoder.encode(chain?.lengths ?? [])
        encoder.encode(chain?.dropped ?? [])
        for row in projected { encoder.encode(row) }
        guard let checks else { return basis.vectors + images }
        return basis.vectors + images + [checks.vector] + checks.vectors + checks.images
    }

    /// The vectors that a saved state refers to.
    struct SavedCounts {
        let basis: Int
        let images: Int
        /// Pairs at which the error was measured; -1 before.
        let checked: Int

        var all: Int { basis + images + (checked < 0 ? 0 : 1 + 2 * checked) }
    }

    /// Restores what `save` gave; `vectors` are taken over.
    convenience init(
        _ space: HostSpace, options: Options, from decoder: inout StateDecoder,
        vectors: (SavedCounts) throws(EosError) -> [Vector]
    ) throws(EosError) {
        let counts = SavedCounts(
            basis: try decoder.integer(), images: try decoder.integer(), checked: try decoder.integer())
        // A product is under way: there is a vector to be multiplied.
        guard (1...min(options.maxBasis + 1, space.count)).contains(counts.basis),
            (0...counts.basis).contains(counts.images), (counts.images == counts.basis) == (counts.checked >= 0),
            (-1...options.count).contains(counts.checked)
        else {
            throw EosError(
                EOS_E_FORMAT, "the saved state has a basis of \(counts.basis) vectors and \(counts.images) products")
        }
        try self.init(space, options: options)
        let products = try decoder.integer(in: 0...1 << 31)
        exponent = try decoder.integer(in: -2000...2000)
        randomVectors = try decoder.integer(in: 0...1 << 31)
        repairs = try decoder.integer(in: 0...100)
        let isContradicted = try decoder.bool()
        widthFactor = try decoder.double()
        basis.defect = try decoder.double()
        let (values, residuals, flags) = (try decoder.doubles(), try decoder.doubles(), try decoder.doubles())
        guard widthFactor > 0, widthFactor.isFinite, values.count == residuals.count, values.count == flags.count,
            counts.checked < max(values.count, 1)
        else {
            throw EosError(EOS_E_FORMAT, "the saved pairs or the saved width of differences make no sense")
        }
        isGuarded = try decoder.bool()
        let first = try decoder.integer(in: -1...counts.basis - 1)
        let saved = RandomChain(
            first: first, logOverlap: try decoder.double(), lengths: try decoder.doubles(),
            dropped: try decoder.doubles())
        guard saved.logOverlap.isFinite, (saved.lengths + saved.dropped).allSatisfy(\.isFinite) else {
            throw EosError(EOS_E_FORMAT, "the saved steps from a random vector are not finite")
        }
        chain = first < 0 ? nil : saved
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
        restore(
            basis: Array(all.prefix(counts.basis)), images: Array(all[counts.basis..<counts.basis + counts.images]),
            products)
        guard counts.checked >= 0 else { return }
        // The Ritz vectors that are still to be checked follow from the rest.
        _ = rayleighRitz(SymmetricEigen(projected), nil)
        found = values.indices.map { Pair(value: values[$0], residual: residuals[$0], converged: flags[$0] == 1) }
        let extra = all[(counts.basis + counts.images)...]
        checks = Checks(
            vector: extra.first!, vectors: Array(extra.dropFirst().prefix(counts.checked)),
            images: Array(extra.suffix(counts.checked)), isContradicted: isContradicted)
    }
}
