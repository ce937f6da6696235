import CEos

/// The last steps s = x - x_before and their y = g - g_before, and all products of these and of the gradient: what a
/// policy makes directions of.
///
/// Products are computed once, in double, in one pass over the vectors a step.
final class History {
    let space: HostSpace
    /// Pairs kept.
    let limit: Int
    /// s_0, y_0, s_1, y_1, ...: the newest first.
    private(set) var vectors: [Vector]
    private(set) var products: HistoryProducts

    init(_ space: HostSpace, limit: Int) {
        self.space = space
        self.limit = limit
        vectors = []
        products = HistoryProducts(pairs: 0, values: [.nan])
    }

    /// As it was saved: an even number of vectors and their products.
    init(_ space: HostSpace, limit: Int, vectors: [Vector], products: [Double]) throws(EosError) {
        guard vectors.count % 2 == 0, vectors.count <= 2 * limit,
            products.count == (vectors.count + 1) * (vectors.count + 1)
        else {
            throw EosError(
                EOS_E_FORMAT,
                "the saved state has a history of \(vectors.count) vectors and \(products.count) products; this policy "
                    + "keeps at most \(2 * limit) vectors")
        }
        self.space = space
        self.limit = limit
        self.vectors = vectors
        self.products = HistoryProducts(pairs: vectors.count / 2, values: products)
    }

    /// The starting point's: a gradient and no steps.
    func begin(norm2: Double) { products = HistoryProducts(pairs: 0, values: [norm2]) }

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
        vectors.insert(contentsOf: [s, y], at: 0)
        products = products(with: gradient)
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
        return HistoryProducts(pairs: vectors.count / 2, values: values)
    }

    /// d = factors[0] g + factors[1] s_0 + factors[2] y_0 + ...
    func combine(_ factors: [Double], gradient: Vector, into direction: Vector) {
        // Vectors without a part in it need not be read.
        let used = factors.indices.filter { factors[$0] != 0 }
        let all = [gradient] + vectors
        space.combine(used.map { all[$0] }, used.map { factors[$0] }, adding: false, into: direction.pointer)
    }
}
