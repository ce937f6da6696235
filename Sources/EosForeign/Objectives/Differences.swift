import CEos
import EosCore
import Glibc

/// Gradients by central differences: 2 n values each, which is said where a manifest asks for them.
///
/// The step is epsilon^(1/3) max(1, |x_i|), where the error of cutting, of second order, meets that of rounding
/// (Nocedal and Wright 2006, section 8.1); epsilon is that of the type in which C takes the point or gives the value.
final class Differences {
    /// The point, in the element type of C.
    let point: UnsafeMutableRawPointer
    private let native: ElementType
    private let own: ElementType
    private let count: Int
    private let width: Double

    init(
        _ native: ElementType, own: ElementType, count: Int, isSingle: Bool, _ memory: CallMemory
    ) throws(EosError) {
        self.native = native
        self.own = own
        self.count = count
        width = cbrt((isSingle ? ElementType.f32 : native).epsilon)
        point = try memory.allocate(count * native.size)
    }

    func move(to x: UnsafeRawPointer) {
        convert(UnsafeMutableRawPointer(mutating: x), own, 1, to: point, native, 1, count)
    }

    /// The gradient at the last `move`, in the trainer's element type.
    ///
    /// - Returns: false where a value is not finite.
    func gradient(into out: UnsafeMutableRawPointer, _ value: (UnsafeRawPointer) -> Double) -> Bool {
        for i in 0..<count {
            let center = native.load(point, i)
            let step = width * max(1, abs(center))
            native.store(center + step, point, i)
            let (above, high) = (native.load(point, i), value(point))
            native.store(center - step, point, i)
            let (below, low) = (native.load(point, i), value(point))
            native.store(center, point, i)
            // The points as they were rounded, so that the width is the one that was taken.
            let slope = (high - low) / (above - below)
            guard slope.isFinite else { return false }
            own.store(slope, out, i)
        }
        return true
    }
}
