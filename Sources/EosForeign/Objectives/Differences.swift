import EosCore
import Glibc

/// Gradients by central differences: 2 n values each, which is said where a manifest asks for them.
///
/// The step is epsilon^(1/3) |x_i|, where the error of cutting, of second order, meets that of rounding (Nocedal and
/// Wright 2006, section 8.1); epsilon is that of the type in which C takes the point or gives the value. The geometric
/// mean of the other coordinates replaces one that is zero or far smaller. Where the values beside a small coordinate
/// differ by too few roundings, as they do at a minimum at zero, longer steps are taken, up to
/// epsilon^(1/3). Where they are not finite, shorter ones are.
final class Differences {
    /// The point, in the element type of C.
    let point: UnsafeMutableRawPointer
    private let native: ElementType
    private let own: ElementType
    private let count: Int
    private let width: Double
    /// The least difference of values, relative to them, that says enough: 1e6 roundings in f64, 500 in f32.
    private let distinct: Double
    /// The geometric mean of the sizes of the coordinates that are not zero; 1 where all are.
    private var typical = 1.0

    init(
        _ native: ElementType, own: ElementType, count: Int, isSingle: Bool, _ memory: CallMemory
    ) throws(EosError) {
        self.native = native
        self.own = own
        self.count = count
        let rounding = (isSingle ? ElementType.f32 : native).epsilon
        width = cbrt(rounding)
        distinct = pow(rounding, 0.6)
        point = try memory.allocate(count * native.size)
    }

    func move(to x: UnsafeRawPointer) {
        convert(UnsafeMutableRawPointer(mutating: x), own, 1, to: point, native, 1, count)
        var (sum, terms) = (0.0, 0.0)
        for i in 0..<count {
            let size = abs(native.load(point, i))
            guard size > 0, size.isFinite else { continue }
            sum += log2(size)
            terms += 1
        }
        typical = terms > 0 ? exp2(sum / terms) : 1
    }

    /// The gradient at the last `move`, in the trainer's element type.
    ///
    /// - Returns: false where a value is not finite.
    func gradient(into out: UnsafeMutableRawPointer, _ value: (UnsafeRawPointer) -> Double) -> Bool {
        for i in 0..<count {
            guard let slope = slope(i, value) else { return false }
            own.store(slope, out, i)
        }
        return true
    }

    /// The derivative along coordinate i; nil where values are not finite.
    private func slope(_ i: Int, _ value: (UnsafeRawPointer) -> Double) -> Double? {
        let center = native.load(point, i)
        let longest = width * max(1, typical, abs(center))
        var step = width * max(abs(center), center == 0 ? typical : typical * 0x1p-24)
        var shortenings = 0
        defer { native.store(center, point, i) }
        for _ in 0..<Self.mostSteps {
            native.store(center + step, point, i)
            let (above, high) = (native.load(point, i), value(point))
            native.store(center - step, point, i)
            let (below, low) = (native.load(point, i), value(point))
            // The points as they were rounded, so that the width is the one that was taken.
            let slope = (high - low) / (above - below)
            if !high.isFinite || !low.isFinite {
                guard shortenings < Self.mostShortenings else { return nil }
                shortenings += 1
                step /= Self.change
            } else if shortenings == 0, step < longest, abs(high - low) < distinct * max(abs(high), abs(low)) {
                step = min(step * Self.change, longest)
            } else {
                return slope.isFinite ? slope : nil
            }
        }
        return nil
    }

    private static let change = 64.0
    private static let mostShortenings = 4
    /// More than there are from the smallest number to 1.
    private static let mostSteps = 200
}
