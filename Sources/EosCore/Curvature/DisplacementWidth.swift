import Glibc

/// How far a point is moved along a vector for a central difference of gradients.
///
/// The width h is 2 cbrt(epsilon) over the mean of |v_i|/s_i, where s_i is the size of coordinate i of the point: then
/// the error of cutting, of second order, meets that of rounding for functions that change over distances as large as
/// their coordinates. The mean is geometric and weighted by v_i^2, so that it is that of the few coordinates which a
/// concentrated vector moves, or of all that a spread one does; h is the same for f and x in any units. A coordinate
/// that is zero, or 2^24 times smaller than the geometric mean of all others, has their size; where all are zero the
/// size is 1.
enum DisplacementWidth {
    static func of(_ v: UnsafeRawPointer, at x: UnsafeRawPointer, _ space: HostSpace) -> Double {
        let width =
            switch space.type {
            case .f32: logWidth(x.assumingMemoryBound(to: Float.self), v.assumingMemoryBound(to: Float.self), space)
            case .f64: logWidth(x.assumingMemoryBound(to: Double.self), v.assumingMemoryBound(to: Double.self), space)
            }
        return min(max(exp2(width), Double.leastNormalMagnitude), 0x1p1000)
    }

    /// The relative displacement, 2 cbrt(epsilon).
    static func relative(_ type: ElementType) -> Double { 2 * cbrt(type.epsilon) }

    private static func logWidth<S: HostScalar>(
        _ x: UnsafePointer<S>, _ v: UnsafePointer<S>, _ space: HostSpace
    ) -> Double {
        // Powers of two keep the squares in range.
        let factor = exp2(-log2(Double(space.largest(v))).rounded())
        var sums = [0.0, 0, 0, 0]
        sums.withUnsafeMutableBufferPointer { sums in
            space.sum(into: UnsafeMutableBufferPointer(rebasing: sums[..<2]), reading: 1) { range, out in
                (out[0], out[1]) = (0, 0)
                for i in range where x[i] != 0 {
                    out[0] += binaryLogarithm(Double(x[i]))
                    out[1] += 1
                }
            }
            let typical = sums[1] > 0 ? sums[0] / sums[1] : 0
            space.sum(into: UnsafeMutableBufferPointer(rebasing: sums[2...]), reading: 2) { range, out in
                (out[0], out[1]) = (0, 0)
                for i in range where v[i] != 0 {
                    let scaled = Double(v[i]) * factor
                    let weight = scaled * scaled
                    let size = x[i] == 0 ? typical : max(binaryLogarithm(Double(x[i])), typical - 24)
                    out[0] += weight * (binaryLogarithm(Double(v[i])) - size)
                    out[1] += weight
                }
            }
        }
        return log2(relative(space.type)) - sums[2] / sums[3]
    }

    /// log2 |a| to 0.09: the exponent, and the fraction as it is.
    @inline(__always)
    private static func binaryLogarithm(_ a: Double) -> Double {
        Double(a.magnitude.bitPattern) * 0x1p-52 - 1023
    }
}

extension HostSpace {
    fileprivate func largest<S: HostScalar>(_ a: UnsafePointer<S>) -> Double { largest(UnsafeRawPointer(a)) }
}
