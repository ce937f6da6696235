/// Whether a sum of squares has lost nothing to underflow or overflow: squares that underflow change a sum above 2^-900 by
/// less than its rounding. Those of floats never do.
@inline(__always)
func isOrdinary(square: Double) -> Bool { square > 0x1p-900 && square < .infinity }

/// Norms of vectors whose squares may leave the range of doubles.
extension HostSpace {
    /// |a|, also where the sum of squares is too large or too small for a double; NaN if an element is NaN.
    ///
    /// Within that range it is the root of `norm2`, to the bit. Only outside of it is a second pass made, over elements
    /// that are scaled by a power of two.
    public func norm(_ a: UnsafeRawPointer) -> Double { norm(a, square: norm2(a)) }

    /// The same where <a, a> is known.
    @inline(__always)
    func norm(_ a: UnsafeRawPointer, square: Double) -> Double {
        type == .f32 || square.isNaN || isOrdinary(square: square)
            ? square.squareRoot() : scaledNorm(a.assumingMemoryBound(to: Double.self))
    }

    /// The largest |element|; NaN if an element is NaN.
    public func largest(_ a: UnsafeRawPointer) -> Double {
        switch type {
        case .f32: largest(elements: a.assumingMemoryBound(to: Float.self))
        case .f64: largest(elements: a.assumingMemoryBound(to: Double.self))
        }
    }

    private func largest<S: HostScalar>(elements a: UnsafePointer<S>) -> Double {
        var result: S = 0
        for i in 0..<count where !(abs(a[i]) <= result) {
            result = abs(a[i])
            if result.isNaN { break }
        }
        return Double(result)
    }

    /// <p, g - p> and <g - p, g - p> of `g` and `previous` p, both times the square of the power of two that is given with
    /// them: of vectors whose own squares leave the range of doubles.
    func scaledSecant(
        _ g: UnsafeRawPointer, previous p: UnsafeRawPointer, largest norm: Double
    ) -> (previousDotChange: Double, changeNorm2: Double, factor: Double) {
        let factor = powerOfTwo(over: norm)
        var sums = (0.0, 0.0)
        let (g, p) = (g.assumingMemoryBound(to: Double.self), p.assumingMemoryBound(to: Double.self))
        for i in 0..<count {
            let before = p[i] * factor
            let change = g[i] * factor - before
            sums.0 += before * change
            sums.1 += change * change
        }
        return (sums.0, sums.1, factor)
    }

    @inline(never)
    private func scaledNorm(_ a: UnsafePointer<Double>) -> Double {
        let most = largest(elements: a)
        guard most > 0, most < .infinity else { return most }
        let factor = powerOfTwo(over: most)
        var total = 0.0
        withUnsafeMutablePointer(to: &total) { total in
            sum(into: UnsafeMutableBufferPointer(start: total, count: 1), reading: 1) { range, out in
                var sum = 0.0
                for i in range {
                    let element = a[i] * factor
                    sum += element * element
                }
                out[0] = sum
            }
        }
        return total.squareRoot() / factor
    }
}

/// A power of two that brings `size` near 1. It scales without rounding, and leaves nothing too large to be squared.
func powerOfTwo(over size: Double) -> Double {
    Double(sign: .plus, exponent: -min(max(Int(size.exponent), -1000), 1000), significand: 1)
}
