import CEos
import Glibc

/// H(x) v by central differences of gradients: (g(x + h v) - g(x - h v))/(2 h), as requests and answers.
///
/// The error relative to |H v| is of the order of epsilon^(2/3) for a smooth objective: 4e-11 in f64, 2e-5 in f32. The
/// distance that the points really have, after rounding, replaces 2 h.
struct GradientDifference {
    /// 0: the gradient at x + h v is asked for; 1: that at x - h v.
    private(set) var stage: Int
    let width: Double

    /// - Parameter factor: on the width of `DisplacementWidth`.
    init(_ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer, factor: Double = 1, stage: Int = 0) {
        width = min(max(DisplacementWidth.of(v, at: x, space) * factor, .leastNormalMagnitude), 0x1p1000)
        self.stage = stage
    }

    /// Writes the point at which the gradient is needed.
    func form(_ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer, into point: Vector) {
        space.displace(x, by: stage == 0 ? width : -width, along: v, into: point.pointer)
    }

    /// Takes the gradient at the point. The first goes into `out`; with the second `out` becomes the product.
    ///
    /// - Returns: whether the product is complete.
    mutating func absorb(
        _ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer, gradient: Vector,
        into out: UnsafeMutableRawPointer
    ) -> Bool {
        if stage == 0 {
            out.copyMemory(from: gradient.pointer, byteCount: space.bytes)
            stage = 1
            return false
        }
        space.differ(out, gradient.pointer, over: space.distance(x, width, along: v), into: out)
        return true
    }

    /// What the error of a product is assumed to stay below, relative to the largest eigenvalue, where it is not measured:
    /// the order above times 8, for the constants of both parts.
    static func accuracy(_ type: ElementType) -> Double {
        8 * cbrt(type.epsilon) * cbrt(type.epsilon)
    }
}

extension HostSpace {
    /// out = x + h v, in double and rounded once.
    fileprivate func displace(
        _ x: UnsafeRawPointer, by h: Double, along v: UnsafeRawPointer, into out: UnsafeMutableRawPointer
    ) {
        switch type {
        case .f32:
            let (x, v) = (x.assumingMemoryBound(to: Float.self), v.assumingMemoryBound(to: Float.self))
            let out = out.assumingMemoryBound(to: Float.self)
            inChunks(touching: 3) { for i in $0 { out[i] = Float(Double(x[i]) + h * Double(v[i])) } }
        case .f64:
            let (x, v) = (x.assumingMemoryBound(to: Double.self), v.assumingMemoryBound(to: Double.self))
            let out = out.assumingMemoryBound(to: Double.self)
            inChunks(touching: 3) { for i in $0 { out[i] = x[i] + h * v[i] } }
        }
    }

    /// out = (a - b)/distance. `out` may be `a`.
    fileprivate func differ(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, over distance: Double, into out: UnsafeMutableRawPointer
    ) {
        switch type {
        case .f32:
            let (a, b) = (a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self))
            let out = out.assumingMemoryBound(to: Float.self)
            inChunks(touching: 3) { for i in $0 { out[i] = Float((Double(a[i]) - Double(b[i])) / distance) } }
        case .f64:
            let (a, b) = (a.assumingMemoryBound(to: Double.self), b.assumingMemoryBound(to: Double.self))
            let out = out.assumingMemoryBound(to: Double.self)
            inChunks(touching: 3) { for i in $0 { out[i] = (a[i] - b[i]) / distance } }
        }
    }

    /// What x + h v and x - h v, rounded, are apart along v, in units of v: 2 h but for rounding.
    fileprivate func distance(_ x: UnsafeRawPointer, _ h: Double, along v: UnsafeRawPointer) -> Double {
        // By the largest element, so that the squares stay in range.
        let scale = 1 / largest(v)
        guard scale.isFinite, scale > 0 else { return 2 * h }
        var sums = [0.0, 0]
        sums.withUnsafeMutableBufferPointer { sums in
            switch type {
            case .f32:
                let (x, v) = (x.assumingMemoryBound(to: Float.self), v.assumingMemoryBound(to: Float.self))
                sum(into: sums, reading: 2) { range, out in
                    (out[0], out[1]) = (0, 0)
                    for i in range {
                        let (start, step) = (Double(x[i]), Double(v[i]))
                        let apart = Double(Float(start + h * step)) - Double(Float(start - h * step))
                        out[0] += (apart / (2 * h)) * scale * (step * scale)
                        out[1] += (step * scale) * (step * scale)
                    }
                }
            case .f64:
                let (x, v) = (x.assumingMemoryBound(to: Double.self), v.assumingMemoryBound(to: Double.self))
                sum(into: sums, reading: 2) { range, out in
                    (out[0], out[1]) = (0, 0)
                    for i in range {
                        let apart = (x[i] + h * v[i]) - (x[i] - h * v[i])
                        out[0] += (apart / (2 * h)) * scale * (v[i] * scale)
                        out[1] += (v[i] * scale) * (v[i] * scale)
                    }
                }
            }
        }
        let ratio = sums[0] / sums[1]
        return ratio.isFinite && ratio > 0 ? 2 * h * ratio : 2 * h
    }
}
