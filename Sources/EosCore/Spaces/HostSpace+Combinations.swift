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
        guard !vectors.isEmpty, !others.isEmpty else { return [] }
        let all = vectors.map { UnsafeRawPointer($0.pointer) }
        var sums = [Double](repeating: 0, count: all.count * others.count)
        sums.withUnsafeMutableBufferPointer { sums in
            switch type {
            case .f32:
                let (vectors, others) = (Self.f32(all), Self.f32(others))
                sum(into: sums, reading: all.count) {
                    sums_dots_f32(vectors, vectors.count, others, others.count, $0.lowerBound, $0.count, $1)
                }
            case .f64:
                let (vectors, others) = (Self.f64(all), Self.f64(others))
                sum(into: sums, reading: all.count) {
                    sums_dots_f64(vectors, vectors.count, others, others.count, $0.lowerBound, $0.count, $1)
                }
            }
        }
        return sums
    }

    /// out = out + sum of t_i v_i, or without `out`'s own part unless `adding`. As many factors as vectors. Summed in
    /// double and rounded once.
    public func combine(_ vectors: [Vector], _ factors: [Double], adding: Bool, into out: UnsafeMutableRawPointer) {
        precondition(vectors.count == factors.count)
        let all = vectors.map { UnsafeRawPointer($0.pointer) }
        let adding: Int32 = adding ? 1 : 0
        switch type {
        case .f32:
            let (vectors, out) = (Self.f32(all), out.assumingMemoryBound(to: Float.self))
            inChunks(touching: all.count) {
                sums_combine_f32(vectors, factors, vectors.count, adding, out, $0.lowerBound, $0.count)
            }
        case .f64:
            let (vectors, out) = (Self.f64(all), out.assumingMemoryBound(to: Double.self))
            inChunks(touching: all.count) {
                sums_combine_f64(vectors, factors, vectors.count, adding, out, $0.lowerBound, $0.count)
            }
        }
    }

    private static func f32(_ pointers: [UnsafeRawPointer]) -> [UnsafePointer<Float>?] {
        pointers.map { $0.assumingMemoryBound(to: Float.self) }
    }

    private static func f64(_ pointers: [UnsafeRawPointer]) -> [UnsafePointer<Double>?] {
        pointers.map { $0.assumingMemoryBound(to: Double.self) }
    }
}
