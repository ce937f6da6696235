import CEos
import Glibc

/// Products at the pairs found whose error is measured: where products are differences of gradients.
extension LeadingEigenvalues {
    struct Checks {
        /// The Ritz vector whose product is asked for.
        var vector: Vector
        /// Those before it, and their products.
        var vectors: [Vector] = []
        var images: [Vector] = []
        /// Whether a product contradicts the search, so that the search may go on from it.
        var isContradicted = false
    }

    private static let mostRepairs = 3

    /// Whether the error of the product that is asked for is to be measured: at the pairs found, and at the first
    /// direction, which tells what width fits.
    var measuresError: Bool {
        options.measuresErrors && (checks != nil || products == 0) && options.maxProducts - products >= 2
    }

    /// The error that is small enough, relative to the product.
    var wantedError: Double { 0.5 * max(options.tolerance, 2 * options.productAccuracy) }

    /// Products that the search may use, so that some are left to measure errors.
    var searchProducts: Int {
        options.measuresErrors
            ? options.maxProducts - min(3 * options.count, options.maxProducts / 2) : options.maxProducts
    }

    func beginChecks() throws(EosError) {
        guard !found.isEmpty, options.maxProducts - products >= 2 else { return try endChecks() }
        checks = Checks(vector: try combine(basis.vectors, coefficients[0]))
    }

    /// Takes the product at a pair: what is reported of the pair is what this says, with its error.
    func check(_ error: Double) throws(EosError) {
        guard var checks else { return }
        let k = checks.vectors.count
        space.scale(image.pointer, byPowerOfTwo: -exponent, into: image.pointer)
        let error = scalbn(error, Int32(-exponent))
        let value = space.dot(checks.vector.pointer, image.pointer)
        space.move(image.pointer, by: -value, along: checks.vector.pointer, into: scratch.pointer)
        let residual = space.norm(scratch.pointer) + error
        let isSmall = residual <= allowed(value, rounding)
        if found[k].converged, !isSmall, error <= 0.5 * allowed(value, rounding) { checks.isContradicted = true }
        found[k] = Pair(value: value, residual: residual, converged: found[k].converged && isSmall)
        checks.vectors.append(checks.vector)
        checks.images.append(image)
        self.checks = checks
        guard k + 1 < found.count, options.maxProducts - products >= 2 else { return try endChecks() }
        self.checks?.vector = try combine(basis.vectors, coefficients[k + 1])
    }

    private func endChecks() throws(EosError) {
        let done = checks
        checks = nil
        for k in found.indices.dropFirst(done?.vectors.count ?? 0) {
            found[k] = Pair(value: found[k].value, residual: .infinity, converged: false)
        }
        guard let done, done.isContradicted, done.vectors.count == found.count, repairs < Self.mostRepairs,
            products < searchProducts
        else {
            isFinished = true
            return
        }
        repairs += 1
        basis.take(done.vectors)
        images = done.images
        chain = nil
        isGuarded = false
        gram = []
        let products = images.map { space.dots(basis.vectors[...], UnsafeRawPointer($0.pointer)) }
        projected = products.indices.map { i in products.indices.map { (products[i][$0] + products[$0][i]) / 2 } }
        try advance()
    }
}
