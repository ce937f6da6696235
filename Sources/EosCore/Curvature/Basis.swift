/// A growing orthonormal basis of vectors in one space, as Lanczos' method keeps it.
///
/// Coefficients are summed in double; a new vector is orthogonalised against all earlier ones until nothing is left of
/// them ("full reorthogonalisation"), so that no eigenvalue is found twice.
struct Basis {
    let space: HostSpace
    private(set) var vectors: [Vector] = []
    /// Inner products between vectors of the basis up to this are allowed: a second subtraction is left out if they stay
    /// below it. 0: none is left out.
    var tolerance = 0.0
    /// A bound on the inner products that subtractions which were left out may have caused.
    var defect = 0.0

    init(_ space: HostSpace) { self.space = space }

    var count: Int { vectors.count }

    /// Orthogonalises `vector` against the basis, normalises it and takes it in.
    ///
    /// - Returns: false where it lies in the span of the basis to rounding: it was not taken.
    mutating func append(_ vector: Vector) -> Bool {
        guard orthonormalise(vector) != nil else { return false }
        vectors.append(vector)
        return true
    }

    /// Takes in a vector that `orthonormalise` or `rest` made for this basis.
    mutating func append(orthonormal vector: Vector, defect: Double = 0) {
        vectors.append(vector)
        self.defect = max(self.defect, defect)
    }

    /// What a basis leaves of a vector.
    struct Rest {
        let length: Double
        /// Inner products of the rest, at unit length, with the basis, beside rounding.
        let defect: Double
    }

    /// Fills `vector` with independent uniform numbers in [-1, 1) and orthonormalises it, with others until one is not in
    /// the span of the basis.
    ///
    /// - Returns: the length of what the basis leaves of the numbers; nil for a full basis.
    func drawRandom(into vector: Vector, seed: UInt64, stream: UInt64) -> Double? {
        guard count < space.count else { return nil }
        let random = Random(seed: seed)
        for attempt in 0..<8 as Range<UInt64> {
            let first = (stream * 8 + attempt) * UInt64(space.count)
            space.fill(vector.pointer) { 2 * random.uniform(first + UInt64($0)) - 1 }
            if let length = orthonormalise(vector) { return length }
        }
        return nil
    }

    mutating func take(_ vectors: [Vector]) { self.vectors = vectors }

    /// Subtracts what the basis has of `vector` and scales the rest to unit length.
    ///
    /// - Parameter floor: a rest that is not longer is rounding of the vector.
    /// - Returns: the length of the rest; nil where there is none but rounding, or where `vector` is not finite.
    func orthonormalise(_ vector: Vector, floor: Double = 0) -> Double? {
        guard let scale = bringIntoRange(vector) else { return nil }
        let square = space.norm2(vector.pointer)
        subtractBasis(from: vector)
        let rest = space.norm2(vector.pointer)
        return subtractAgain(from: vector, square: square, rest: rest, floor: floor / scale).map { $0 * scale }
    }

    /// out = what the basis leaves of `image`, scaled to unit length, where the products with the basis are known.
    ///
    /// - Parameters:
    ///   - norm: of `image`.
    ///   - coefficients: the products of `image` with the vectors of the basis.
    ///   - floor: a rest that is not longer is rounding of `image`.
    /// - Returns: nil where there is none but rounding.
    func rest(of image: Vector, norm: Double, coefficients: [Double], floor: Double, into out: Vector) -> Rest? {
        guard space.ordinaryNorms.contains(norm) else {
            out.copy(from: image.pointer)
            return orthonormalise(out, floor: floor).map { Rest(length: $0, defect: 0) }
        }
        space.combine([image] + vectors, [1] + coefficients.map { -$0 }, adding: false, into: out.pointer)
        let square = space.norm2(out.pointer)
        let length = square.squareRoot()
        // The inner products of the basis times what was subtracted, over what is left.
        let left = (defect + space.type.epsilon) * norm / length
        if left <= tolerance, length > floor {
            space.scale(out.pointer, by: 1 / length, into: out.pointer)
            return Rest(length: length, defect: left)
        }
        return subtractAgain(from: out, square: norm * norm, rest: square, floor: floor)
            .map { Rest(length: $0, defect: 0) }
    }

    /// Subtracts from a vector, of which the basis was subtracted once, what is left of the basis, and scales it.
    ///
    /// "Twice is enough" (Kahan, Parlett) where the first pass leaves more than a rounding, and not once, because the
    /// coefficients of a pass are all those of the vector before it; five is never reached but by vectors in the span.
    ///
    /// - Parameters:
    ///   - square: the squared length before the first subtraction.
    ///   - rest: the squared length after it.
    ///   - floor: a rest that is not longer is rounding.
    /// - Returns: the length of the rest; nil where there is none but rounding.
    private func subtractAgain(from vector: Vector, square: Double, rest: Double, floor: Double) -> Double? {
        var after = rest
        let least = square * 1e4 * space.type.epsilon * space.type.epsilon
        for _ in 1..<5 {
            guard after > least else { return nil }
            let before = after
            subtractBasis(from: vector)
            after = space.norm2(vector.pointer)
            guard after > least else { return nil }
            guard after <= 0.5 * before else {
                guard after.squareRoot() > floor else { return nil }
                space.scale(vector.pointer, by: 1 / after.squareRoot(), into: vector.pointer)
                return after.squareRoot()
            }
        }
        return nil
    }

    private func subtractBasis(from vector: Vector) {
        let coefficients = space.dots(vectors[...], UnsafeRawPointer(vector.pointer))
        space.combine(vectors, coefficients.map { -$0 }, adding: true, into: vector.pointer)
    }

    /// Scales a vector whose squares may not be representable by a power of two.
    ///
    /// - Returns: what its elements were divided by; nil for zero and for what is not finite.
    private func bringIntoRange(_ vector: Vector) -> Double? {
        let norm = space.norm(vector.pointer)
        guard norm.isFinite, norm > 0 else { return nil }
        guard !space.ordinaryNorms.contains(norm) else { return 1 }
        space.scale(vector.pointer, byPowerOfTwo: -Int(norm.exponent), into: vector.pointer)
        return Double(sign: .plus, exponent: Int(norm.exponent), significand: 1)
    }
}

extension HostSpace {
    /// Norms of vectors whose elements, squares and roundings are all far from the ends of the element type's range.
    var ordinaryNorms: ClosedRange<Double> { type == .f32 ? 0x1p-60...0x1p60 : 0x1p-400...0x1p400 }

    /// out = 2^exponent a, without rounding but where the result is denormal. `out` may be `a`.
    func scale(_ a: UnsafeRawPointer, byPowerOfTwo exponent: Int, into out: UnsafeMutableRawPointer) {
        // Factors that the element type can represent.
        let most = type == .f32 ? 120 : 1000
        var left = exponent
        var source = a
        repeat {
            let part = min(max(left, -most), most)
            scale(source, by: Double(sign: .plus, exponent: part, significand: 1), into: out)
            source = UnsafeRawPointer(out)
            left -= part
        } while left != 0
    }
}
