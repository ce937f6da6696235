/// Sums over several vectors at once: part by part, so that what is summed into stays in the caches and each vector is
/// read once. To the bit what one vector after the other gives.
extension HostSpace {
    /// <v, a> for each v of `vectors`.
    public func dots(_ vectors: ArraySlice<Vector>, _ a: UnsafeRawPointer) -> [Double] {
        switch type {
        case .f32: Self.dots(vectors, a.assumingMemoryBound(to: Float.self), count)
        case .f64: Self.dots(vectors, a.assumingMemoryBound(to: Double.self), count)
        }
    }

    /// out = out + sum of t_i v_i, or without `out`'s own part unless `adding`. As many factors as vectors.
    public func combine(_ vectors: [Vector], _ factors: [Double], adding: Bool, into out: UnsafeMutableRawPointer) {
        precondition(vectors.count == factors.count)
        switch type {
        case .f32:
            Self.combine(vectors, factors.map { Float($0) }, adding, out.assumingMemoryBound(to: Float.self), count)
        case .f64: Self.combine(vectors, factors, adding, out.assumingMemoryBound(to: Double.self), count)
        }
    }

    private static func dots<S: HostScalar>(
        _ vectors: ArraySlice<Vector>, _ a: UnsafePointer<S>, _ count: Int
    ) -> [Double] {
        let starts = vectors.map { UnsafePointer($0.pointer.assumingMemoryBound(to: S.self)) }
        var sums = [Double](repeating: 0, count: starts.count)
        for start in stride(from: 0, to: count, by: Reductions.chunk) {
            let size = min(Reductions.chunk, count - start)
            for (i, vector) in starts.enumerated() { sums[i] += Reductions.dotOfChunk(vector + start, a + start, size) }
        }
        return sums
    }

    private static func combine<S: HostScalar>(
        _ vectors: [Vector], _ factors: [S], _ adding: Bool, _ out: UnsafeMutablePointer<S>, _ count: Int
    ) {
        let starts = vectors.map { UnsafePointer($0.pointer.assumingMemoryBound(to: S.self)) }
        for start in stride(from: 0, to: count, by: Reductions.chunk) {
            let part = out + start
            let size = min(Reductions.chunk, count - start)
            if !adding { part.update(repeating: 0, count: size) }
            for (vector, t) in zip(starts, factors) {
                let v = vector + start
                for i in 0..<size { part[i] += t * v[i] }
            }
        }
    }
}
