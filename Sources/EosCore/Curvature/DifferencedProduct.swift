import CEos

/// A product H(x) v by differences of gradients whose error may be measured, as requests and answers.
///
/// Where it is measured the product is computed with two widths, h and h/4. Their difference has the error of cutting
/// at h but for a sixteenth, and the rounding of both; 5/4 of it and a bound of the rounding of the gradients and of the
/// product bound the error of the product at h. Where that is more than what is wanted other widths are tried: smaller
/// ones, or larger ones where rounding hides the product or the differences grow fourfold from one width to the next as
/// rounding does. The best is kept.
///
/// Where the gradient is not finite a smaller width is tried, of a product whose error is not measured too.
///
/// Saved between any two gradients it goes on to the same bits.
final class DifferencedProduct {
    /// What of the width is being computed.
    fileprivate enum Place: Int {
        case wide, narrow, third
        /// One product, whose error is not measured.
        case only
    }

    private let space: HostSpace
    private let x: UnsafeRawPointer
    private let v: UnsafeRawPointer
    /// What the error should not exceed, relative to the product.
    private let wanted: Double
    private var difference: GradientDifference
    private var place: Place
    /// On the width of `DisplacementWidth`.
    private(set) var factor: Double
    /// 1: to larger widths, -1: to smaller ones, 0: not known.
    private var direction = 0
    private var tries = 0
    private var wide: Vector?
    private var narrow: Vector?
    private var best: Vector?
    private var scratch: Vector?
    private var bestFactor = 1.0
    /// |product - H v|, as it was measured; NaN where it was not.
    private(set) var error = Double.nan
    /// Products computed.
    private(set) var products = 0
    let mostProducts: Int

    private static let mostTries = 6

    /// One product.
    init(_ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer, factor: Double = 1) {
        self.space = space
        (self.x, self.v) = (x, v)
        self.factor = factor
        wanted = 0
        mostProducts = 1
        place = .only
        difference = GradientDifference(space, x: x, v: v, factor: factor)
    }

    /// One whose error is measured.
    ///
    /// - Parameters:
    ///   - wanted: the error relative to the product that is small enough.
    ///   - products: that may be used, at least 2.
    init(
        _ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer, factor: Double, wanted: Double, products: Int
    ) throws(EosError) {
        self.space = space
        (self.x, self.v) = (x, v)
        self.factor = factor
        self.wanted = wanted
        mostProducts = products
        place = .wide
        difference = GradientDifference(space, x: x, v: v, factor: factor)
        wide = try space.makeVector()
        narrow = try space.makeVector()
        best = try space.makeVector()
        scratch = try space.makeVector()
        // A saved state holds them, whatever has been computed.
        for vector in [wide, narrow, best] { space.fill(vector!.pointer) { _ in 0 } }
    }

    /// The one that `process` asks for.
    convenience init(for process: LeadingEigenvalues, at x: UnsafeRawPointer) throws(EosError) {
        if process.measuresError {
            try self.init(
                process.space, x: x, v: process.direction, factor: process.widthFactor, wanted: process.wantedError,
                products: process.options.maxProducts - process.products)
        } else {
            self.init(process.space, x: x, v: process.direction, factor: process.widthFactor)
        }
    }

    private var isMeasured: Bool { place != .only }

    /// Writes the point at which the gradient is needed.
    func form(into point: Vector) { difference.form(space, x: x, v: v, into: point) }

    /// Takes the gradient there.
    ///
    /// - Returns: whether `out` is the product.
    func absorb(_ gradient: Vector, into out: UnsafeMutableRawPointer) -> Bool {
        guard difference.absorb(space, x: x, v: v, gradient: gradient, into: out) else { return false }
        products += 1
        if isMeasured, !space.norm(out).isFinite { return absorbNonFinite(into: out) ?? true }
        switch place {
        case .only: return true
        case .wide:
            wide!.copy(from: out)
            return goOn(.narrow)
        case .narrow:
            return judge(gradient, out)
        case .third:
            let change = distance(out, narrow!)
            let before = distance(wide!.pointer, narrow!)
            // Rounding grows fourfold, or leaves nothing. All else is taken for the error of cutting.
            let isHidden = space.norm(wide!.pointer) <= rounding(gradient)
            let isRounding = isHidden || (change > 3 * before && change < 6 * before)
            direction = isRounding ? 1 : -1
            return move(before, rounding(gradient), out)
        }
    }

    /// The gradient is not finite at the point: a smaller width may be.
    ///
    /// - Returns: false where there is no product.
    func absorbNonFinite(into out: UnsafeMutableRawPointer) -> Bool? {
        guard tries < Self.mostTries, !isMeasured || products + 2 <= mostProducts else { return nil }
        if direction > 0 { return finish(out) }
        if isMeasured { direction = -1 }
        tries += 1
        factor /= 64
        return goOn(isMeasured ? .wide : .only)
    }

    /// Both widths are there: the error, and whether it is small enough.
    private func judge(_ gradient: Vector, _ out: UnsafeMutableRawPointer) -> Bool {
        narrow!.copy(from: out)
        let change = distance(wide!.pointer, narrow!)
        let measured = 1.25 * change + rounding(gradient)
        let isBetter = !(measured >= error)
        if isBetter, measured.isFinite {
            best!.copy(from: wide!.pointer)
            (bestFactor, error) = (factor, measured)
        }
        let isEnough = measured <= wanted * space.norm(wide!.pointer)
        if isEnough || tries >= Self.mostTries || products >= mostProducts { return finish(out) }
        if direction == 0 { return goOn(.third) }
        return isBetter ? move(change, rounding(gradient), out) : finish(out)
    }

    /// A bound of the rounding of the product at h: of the gradients, and of itself.
    private func rounding(_ gradient: Vector) -> Double {
        let width = difference.width / part
        return space.type.epsilon * (space.norm(gradient.pointer) / width + space.norm(wide!.pointer))
    }

    /// To another width, which the error of this one makes promising.
    ///
    /// - Parameters:
    ///   - change: of the product from this width to a quarter of it.
    ///   - rounding: its bound.
    private func move(_ change: Double, _ rounding: Double, _ out: UnsafeMutableRawPointer) -> Bool {
        let product = space.norm(wide!.pointer)
        guard products + 2 <= mostProducts else { return finish(out) }
        tries += 1
        if direction > 0 {
            // Not so far that the displacement is as large as the coordinates; but where rounding hides the product
            // altogether, as far as at the origin, where the size of the coordinates is taken for 1.
            let relative = DisplacementWidth.relative(space.type)
            let origin = relative / (space.largest(v) * difference.width / (factor * part))
            if factor < 0.5 / relative {
                let ratio = max(change, rounding) / (wanted * product)
                factor = min(factor * min(max(2 * ratio, 4), 1e6), 0.5 / relative)
            } else if product <= rounding, factor < origin {
                factor = origin
            } else {
                return finish(out)
            }
        } else {
            // Nothing is cut off where nothing changes.
            guard change > 0 else { return finish(out) }
            factor /= min(max(1.5 * (change / (wanted * product)).squareRoot(), 4), 1e3)
        }
        return goOn(.wide)
    }

    /// The width of the place, relative to h.
    private var part: Double { place == .narrow ? 0.25 : place == .third ? 0.0625 : 1 }

    private func goOn(_ next: Place) -> Bool {
        place = next
        difference = GradientDifference(space, x: x, v: v, factor: factor * part)
        return false
    }

    private func finish(_ out: UnsafeMutableRawPointer) -> Bool {
        if error.isNaN {
            error = .infinity
            bestFactor = factor
            out.copyMemory(from: wide!.pointer, byteCount: space.bytes)
        } else {
            out.copyMemory(from: best!.pointer, byteCount: space.bytes)
        }
        factor = bestFactor
        return true
    }

    private func distance(_ a: UnsafeRawPointer, _ b: Vector) -> Double {
        space.move(a, by: -1, along: b.pointer, into: scratch!.pointer)
        return space.norm(scratch!.pointer)
    }
}

extension DifferencedProduct {
    /// Whether the first gradient of a difference lies where the product will.
    var isHalf: Bool { difference.stage == 1 }

    /// Names what is saved of a product under way to `coder`. A reader is given one that was begun in the same way.
    func describe<Coder: FieldCoder>(to coder: inout Coder) throws(EosError) {
        let isMeasured = isMeasured
        try coder.code(&place, "kind of product")
        guard self.isMeasured == isMeasured else {
            throw EosError(EOS_E_FORMAT, "the saved state was saved during another kind of product")
        }
        var stage = difference.stage
        try coder.integer(&stage, in: 0...1)
        try coder.integer(&direction, in: -1...1)
        try coder.integer(&tries, in: 0...100)
        var counted = products
        try coder.integer(&counted, in: 0...1 << 31)
        products = counted
        var numbers = [factor, bestFactor, error]
        try coder.numbers(&numbers, count: 3)
        guard numbers.prefix(2).allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw EosError(EOS_E_FORMAT, "the saved width of a difference is not above 0")
        }
        var vectors = [wide, narrow, best].compactMap(\.self)
        for i in vectors.indices { try coder.vector("eos.difference.\(i)", &vectors[i]) }
        guard Coder.reads else { return }
        (factor, bestFactor, error) = (numbers[0], numbers[1], numbers[2])
        if isMeasured { (wide, narrow, best) = (vectors[0], vectors[1], vectors[2]) }
        difference = GradientDifference(space, x: x, v: v, factor: factor * part, stage: stage)
    }
}
