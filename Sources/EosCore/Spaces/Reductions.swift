/// Sums over vectors in host memory, always in double and always in the same order.
///
/// Elements are summed in chunks of 4096, a chunk by four SIMD accumulators, the chunks one after the other: the order
/// depends on nothing but the count, so that a sum split over threads by whole chunks can give the same bits.
enum Reductions {
    static let chunk = 4096

    /// <a, b>.
    @inline(__always)
    static func dot<S: HostScalar>(_ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ count: Int) -> Double {
        // What the chunk's loops come to: four accumulators that stay zero add nothing.
        if count < 8 { return dotOfTail(a, b, count) }
        var total = 0.0
        var start = 0
        while start < count {
            total += dotOfChunk(a + start, b + start, min(chunk, count - start))
            start += chunk
        }
        return total
    }

    /// <g, g>, <p, g - p> and <g - p, g - p>, in one pass over memory.
    @inline(__always)
    static func secant<S: HostScalar>(
        _ g: UnsafePointer<S>, previous p: UnsafePointer<S>, _ count: Int
    ) -> (norm2: Double, previousDotChange: Double, changeNorm2: Double) {
        var totals = (0.0, 0.0, 0.0)
        var start = 0
        while start < count {
            let end = min(start + chunk, count)
            var norm = SIMD8<Double>.zero
            var cross = SIMD8<Double>.zero
            var change = SIMD8<Double>.zero
            var i = start
            while i + 8 <= end {
                let x = S.load8(g + i)
                let y = S.load8(p + i)
                let d = x - y
                norm += x * x
                cross += y * d
                change += d * d
                i += 8
            }
            var tail = (0.0, 0.0, 0.0)
            while i < end {
                let x = Double(g[i])
                let y = Double(p[i])
                tail.0 += x * x
                tail.1 += y * (x - y)
                tail.2 += (x - y) * (x - y)
                i += 1
            }
            totals.0 += norm.sum() + tail.0
            totals.1 += cross.sum() + tail.1
            totals.2 += change.sum() + tail.2
            start = end
        }
        return totals
    }

    /// <a, b> of at most `chunk` elements.
    @inline(__always)
    static func dotOfChunk<S: HostScalar>(_ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ count: Int) -> Double {
        var s0 = SIMD8<Double>.zero
        var s1 = SIMD8<Double>.zero
        var s2 = SIMD8<Double>.zero
        var s3 = SIMD8<Double>.zero
        var i = 0
        while i + 32 <= count {
            s0 += S.load8(a + i) * S.load8(b + i)
            s1 += S.load8(a + i + 8) * S.load8(b + i + 8)
            s2 += S.load8(a + i + 16) * S.load8(b + i + 16)
            s3 += S.load8(a + i + 24) * S.load8(b + i + 24)
            i += 32
        }
        while i + 8 <= count {
            s0 += S.load8(a + i) * S.load8(b + i)
            i += 8
        }
        return ((s0 + s1) + (s2 + s3)).sum() + dotOfTail(a + i, b + i, count - i)
    }

    @inline(__always)
    private static func dotOfTail<S: HostScalar>(_ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ count: Int) -> Double {
        var sum = 0.0
        for i in 0..<count { sum += Double(a[i]) * Double(b[i]) }
        return sum
    }
}
