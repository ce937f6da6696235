import CEos

/// H(x) v by central differences of gradients: (g(x + h v) - g(x - h v))/(2 h), as requests and answers.
///
/// h = cbrt(epsilon) max(1, |x|)/|v| balances the rounding of the gradients against the third derivative. The error
/// relative to |H v| is of the order of epsilon^(2/3) for a smooth objective: about 4e-11 in f64, 2e-5 in f32.
struct GradientDifference {
    /// 0: the gradient at x + h v is asked for; 1: that at x - h v.
    private(set) var stage = 0
    private let width: Double

    init(_ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer) {
        let scale = max(1, space.norm2(x).squareRoot())
        width = Self.cubeRoot(space.type) * scale / space.norm2(v).squareRoot()
    }

    /// Goes on from a saved state.
    init(_ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer, stage: Int) {
        self.init(space, x: x, v: v)
        self.stage = stage
    }

    /// Writes the point at which the gradient is needed.
    func form(_ space: HostSpace, x: UnsafeRawPointer, v: UnsafeRawPointer, into point: Vector) {
        space.move(x, by: stage == 0 ? width : -width, along: v, into: point.pointer)
    }

    /// Takes the gradient at the point. The first goes into `out`; with the second `out` becomes the product.
    ///
    /// - Returns: whether the product is complete.
    mutating func absorb(_ space: HostSpace, gradient: Vector, into out: UnsafeMutableRawPointer) -> Bool {
        if stage == 0 {
            out.copyMemory(from: gradient.pointer, byteCount: space.bytes)
            stage = 1
            return false
        }
        space.move(out, by: -1, along: gradient.pointer, into: out)
        space.scale(out, by: 1 / (2 * width), into: out)
        return true
    }

    /// What the error of a product is assumed to stay below, relative to the largest eigenvalue: the order above times 8,
    /// for the constants of both parts.
    static func accuracy(_ type: ElementType) -> Double {
        8 * cubeRoot(type) * cubeRoot(type)
    }

    private static func cubeRoot(_ type: ElementType) -> Double {
        type == .f32 ? 4.9215666011518501e-3 : 6.0554544523933429e-6
    }
}
