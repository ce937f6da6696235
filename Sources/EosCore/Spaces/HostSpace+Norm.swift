/// Norms of vectors whose squares may leave the range of doubles.
extension HostSpace {
    /// |a|, also where the sum of squares is too large or too small for a double; NaN if an element is NaN.
    ///
    /// Within that range it is the root of `norm2`, to the bit. Only outside of it is a second pass made, over elements
    /// that are scaled by a power of two.
    public func norm(_ a: UnsafeRawPointer) -> Double {
        let square = norm2(a)
        // Squares that underflow change a sum above 2^-900 by less than its rounding. Those of floats never do.
        let isSafe = type == .f32 || square.isNaN || (square > 0x1p-900 && square < .infinity)
        return isSafe ? square.squareRoot() : scaledNorm(a.assumingMemoryBound(to: Double.self))
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

    private func scaledNorm(_ a: UnsafePointer<Double>) -> Double {
        let most = largest(elements: a)
        guard most > 0, most < .infinity else { return most }
        // A power of two scales without rounding. What this one leaves of the range is small enough to be squared.
        let exponent = min(max(Int(most.exponent), -1000), 1000)
        let factor = Double(sign: .plus, exponent: -exponent, significand: 1)
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
        return total.squareRoot() * Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
