import CEos

/// The last steps s = x - x_before and their y = g - g_before, and all products of these and of the gradient: what a
/// policy makes directions of.
///
/// Products are computed once, in double, in one pass over the vectors a step. Where a step of 1 along -g would leave the
/// starting point where it is, or take it out of all proportion, g and the y are multiplied by a power of two.
final class History {
    let space: HostSpace
    /// Pairs kept.
    let limit: Int
    /// s_0, y_0, s_1, y_1, ...: the newest first.
    private(set) var vectors: [Vector]
    private(set) var products: HistoryProducts
    /// What g and the y are multiplied by.
    private(set) var scale = 1.0
    /// scale g, where that is not g.
    private var scaledGradient: Vector?
    /// d of the search under way, and what it is made of: the factors of scale g, s_0, scale y_0, ...; none before it is
    /// decided.
    let direction: Vector
    var factors: [Double] = []

    init(_ space: HostSpace, limit: Int) throws(EosError) {
        self.space = space
        self.limit = limit
        vectors = []
        products = HistoryProducts(pairs: 0, values: [.nan])
        direction = try space.makeVector()
    }

    /// The starting point's: a gradient and no steps.
    func begin(_ gradient: Vector, norm: Double, pointNorm: Double) throws(EosError) {
        scale = Self.scale(norm: norm, pointNorm: pointNorm, epsilon: space.type.epsilon)
        // What a float holds, too.
        if space.type == .f32 { scale = min(max(scale, 0x1p-120), 0x1p120) }
        scaledGradient = scale == 1 ? nil : try space.makeVector()
        let used = scaled(gradient)
        products = HistoryProducts(pairs: 0, values: [space.norm2(used.pointer)], gradientScale: scale)
    }

    /// 1 where a step of 1 along -g moves a point of length `pointNorm` beyond rounding, and not beyond all proportion:
    /// line searches shorten a step by 1e30 in one search. Else the power of two that brings g near these lengths.
    private static func scale(norm: Double, pointNorm: Double, epsilon: Double) -> Double {
        guard norm > 0, norm.isFinite, pointNorm.isFinite else { return 1 }
        let least = pointNorm > 0 ? leastMove * epsilon * pointNorm : leastLength
        let most = 1e30 * max(pointNorm, 1)
        if norm < least { return powerOfTwo(over: norm / least) }
        if norm > most { return powerOfTwo(over: pointNorm > 0 ? norm / pointNorm : norm) }
        return 1
    }

    /// A gradient this small at the origin, where nothing tells how far to go.
    private static let leastLength = 1e-100

    private func scaled(_ gradient: Vector) -> Vector {
        guard let scaledGradient else { return gradient }
        space.scale(gradient.pointer, by: scale, into: scaledGradient.pointer)
        return scaledGradient
    }

    /// Takes in the step from `before` to `x`, in place of the oldest one where the history is full.
    func record(
        x: Vector, before: Vector, gradient: Vector, gradientBefore: Vector
    ) throws(EosError) {
        let isFull = vectors.count == 2 * limit
        let s = isFull ? vectors[vectors.count - 2] : try space.makeVector()
        let y = isFull ? vectors[vectors.count - 1] : try space.makeVector()
        if isFull { vectors.removeLast(2) }
        space.move(x.pointer, by: -1, along: before.pointer, into: s.pointer)
        space.move(gradient.pointer, by: -1, along: gradientBefore.pointer, into: y.pointer)
        if scale != 1 { space.scale(y.pointer, by: scale, into: y.pointer) }
        vectors.insert(contentsOf: [s, y], at: 0)
        factors.removeAll(keepingCapacity: true)
        products = products(with: scaled(gradient))
    }

    /// Those of older vectors among each other are known; new are those with g, s_0 and y_0.
    private func products(with gradient: Vector) -> HistoryProducts {
        let new = ([gradient] + vectors.prefix(2)).map { UnsafeRawPointer($0.pointer) }
        let rows = space.dots(vectors[...], each: new)
        let count = vectors.count + 1
        var values = [Double](repeating: 0, count: count * count)
        // Before the two new ones came, vector i was number i - 2.
        for i in 3..<count {
            let known = (i - 2) * products.count + 1
            values.replaceSubrange(
                i * count + 3..<(i + 1) * count, with: products.values[known..<known + count - 3])
        }
        for i in new.indices {
            for j in 1..<count {
                let product = rows[i * vectors.count + j - 1]
                values[i * count + j] = product
                values[j * count + i] = product
            }
        }
        values[0] = space.norm2(gradient.pointer)
        return HistoryProducts(pairs: vectors.count / 2, values: values, gradientScale: scale)
    }

    /// direction = factors[0] g + factors[1] s_0 + factors[2] y_0 + ..., with g and the y scaled.
    func formDirection(_ factors: [Double], gradient: Vector) {
        // Vectors without a part in it need not be read.
        let used = factors.indices.filter { factors[$0] != 0 }
        let all = [scaled(gradient)] + vectors
        space.combine(used.map { all[$0] }, used.map { factors[$0] }, adding: false, into: direction.pointer)
    }
}

extension History {
    /// Names what is saved of it to `coder`. A reader is given a new one.
    ///
    /// - Parameters:
    ///   - gradient: at the iterate.
    ///   - isDirected: whether the direction of a search is decided.
    func describe<Coder: FieldCoder>(
        to coder: inout Coder, gradient: Vector, isDirected: Bool
    ) throws(EosError) {
        var (factors, products, scale) = (factors, products.values, scale)
        try coder.numbers(&factors, count: nil)
        try coder.numbers(&products, count: nil)
        try coder.number(&scale)
        guard scale > 0, scale.isFinite, scale.significand == 1 else {
            throw EosError(EOS_E_FORMAT, "the saved state scales gradients by \(scale), which is not a power of two")
        }
        try coder.vectors("eos.history", &vectors)
        guard Coder.reads else { return }
        guard vectors.count % 2 == 0, vectors.count <= 2 * limit,
            products.count == (vectors.count + 1) * (vectors.count + 1)
        else {
            throw EosError(
                EOS_E_FORMAT,
                "the saved state has a history of \(vectors.count) vectors and \(products.count) products; this policy "
                    + "keeps at most \(2 * limit) vectors")
        }
        guard factors.count == (isDirected ? vectors.count + 1 : 0) else {
            throw EosError(EOS_E_FORMAT, "the saved state has \(factors.count) factors of a direction")
        }
        self.products = HistoryProducts(pairs: vectors.count / 2, values: products, gradientScale: scale)
        self.scale = scale
        scaledGradient = scale == 1 ? nil : try space.makeVector()
        self.factors = factors
        if isDirected { formDirection(factors, gradient: gradient) }
    }
}
