import CEosSums

/// Sums over several vectors at once: part by part, so that what is needed again stays in the caches and each vector is
/// read once.
extension HostSpace {
    /// <v, a> for each v of `vectors`: to the bit what `dot` gives.
    public func dots(_ vectors: ArraySlice<Vector>, _ a: UnsafeRawPointer) -> [Double] {
        dots(vectors, each: [a])
    }

    /// <v, a> for each a of `others`: a row an a, in the order of `vectors`. To the bit what `dot` gives.
    public func dots(_ vectors: ArraySlice<Vector>, each others: [UnsafeRawPointer]) -> [Double] {
        var sums = [Double](repeating: 0, count: vectors.count * others.count)
        let vectors = vectors.map { UnsafeRawPointer($0.pointer) }
        switch type {
        case .f32:
            sums_dots_f32(Self.f32(vectors), vectors.count, Self.f32(others), others.count, count, &sums)
        case .f64:
            sums_dots_f64(Self.f64(vectors), vectors.count, Self.f64(others), others.count, count, &sums)
        }
        return sums
    }

    /// out = out + sum of t_i v_i, or without `out`'s own part unless `adding`. As many factors as vectors. Summed in
    /// double and rounded once.
    public func combine(_ vectors: [Vector], _ factors: [Double], adding: Bool, into out: UnsafeMutableRawPointer) {
        precondition(vectors.count == factors.count)
        let vectors = vectors.map { UnsafeRawPointer($0.pointer) }
        let adding: Int32 = adding ? 1 : 0
        switch type {
        case .f32:
            let out = out.assumingMemoryBound(to: Float.self)
            sums_combine_f32(Self.f32(vectors), factors, vectors.count, adding, out, count)
        case .f64:
            let out = out.assumingMemoryBound(to: Double.self)
            sums_combine_f64(Self.f64(vectors), factors, vectors.count, adding, out, count)
        }
    }

    private static func f32(_ pointers: [UnsafeRawPointer]) -> [UnsafePointer<Float>?] {
        pointers.map { $0.assumingMemoryBound(to: Float.self) }
    }

    private static func f64(_ pointers: [UnsafeRawPointer]) -> [UnsafePointer<Double>?] {
        pointers.map { $0.assumingMemoryBound(to: Double.self) }
    }
}
