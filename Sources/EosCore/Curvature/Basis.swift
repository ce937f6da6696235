/// A growing orthonormal basis of vectors in one space, as Lanczos' method keeps it.
///
/// Coefficients are summed in double; a new vector is orthogonalised against all earlier ones until nothing is left of
/// them ("full reorthogonalisation"), so that no eigenvalue is found twice.
struct Basis {
    let space: HostSpace
    private(set) var vectors: [Vector] = []

    init(_ space: HostSpace) { self.space = space }

    var count: Int { vectors.count }

    /// Orthogonalises `vector` against the basis, normalises it and takes it in.
    ///
    /// - Returns: false where it lies in the span of the basis to rounding: it was not taken.
    mutating func append(_ vector: Vector) -> Bool {
        guard orthonormalise(vector) else { return false }
        vectors.append(vector)
        return true
    }

    /// As `append`, drawing random vectors until one is not in the span; false only for a full basis.
    mutating func appendRandom(seed: UInt64, stream: UInt64) throws(EosError) -> Bool {
        guard count < space.count else { return false }
        let vector = try space.makeVector()
        let random = Random(seed: seed)
        for attempt in 0..<8 as Range<UInt64> {
            let first = (stream * 8 + attempt) * UInt64(space.count)
            space.fill(vector.pointer) { 2 * random.uniform(first + UInt64($0)) - 1 }
            if append(vector) { return true }
        }
        return false
    }

    mutating func take(_ vectors: [Vector]) { self.vectors = vectors }

    private func orthonormalise(_ vector: Vector) -> Bool {
        let start = space.norm2(vector.pointer)
        guard start.isFinite, start > 0 else { return false }
        var before = start
        // "Twice is enough" (Kahan, Parlett) where the first pass leaves more than a rounding, and not once, because the
        // coefficients of a pass are all those of the vector before it; five is never reached but by vectors in the span.
        for pass in 0..<5 {
            let coefficients = space.dots(vectors[...], UnsafeRawPointer(vector.pointer))
            space.combine(vectors, coefficients.map { -$0 }, adding: true, into: vector.pointer)
            let after = space.norm2(vector.pointer)
            guard after > start * 1e4 * space.type.epsilon * space.type.epsilon else { return false }
            if pass > 0, after > 0.5 * before {
                space.scale(vector.pointer, by: 1 / after.squareRoot(), into: vector.pointer)
                return true
            }
            before = after
        }
        return false
    }
}
