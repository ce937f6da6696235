import EosCore

/// Copies `count` elements, every `stride`-th place, rounding where the types differ.
func convert(
    _ from: UnsafeMutableRawPointer, _ fromType: ElementType, _ fromStride: Int,
    to: UnsafeMutableRawPointer, _ toType: ElementType, _ toStride: Int, _ count: Int
) {
    switch (fromType, toType) {
    case (.f64, .f64):
        spread(
            from.assumingMemoryBound(to: Double.self), fromStride, to.assumingMemoryBound(to: Double.self), toStride,
            count)
    case (.f64, .f32):
        let (from, to) = (from.assumingMemoryBound(to: Double.self), to.assumingMemoryBound(to: Float.self))
        for i in 0..<count { to[i &* toStride] = Float(from[i &* fromStride]) }
    case (.f32, .f64):
        let (from, to) = (from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: Double.self))
        for i in 0..<count { to[i &* toStride] = Double(from[i &* fromStride]) }
    case (.f32, .f32):
        spread(
            from.assumingMemoryBound(to: Float.self), fromStride, to.assumingMemoryBound(to: Float.self), toStride,
            count)
    }
}

@inline(__always)
private func spread<Element>(
    _ from: UnsafeMutablePointer<Element>, _ fromStride: Int, _ to: UnsafeMutablePointer<Element>, _ toStride: Int,
    _ count: Int
) {
    for i in 0..<count { to[i &* toStride] = from[i &* fromStride] }
}

extension ElementType {
    func load(_ memory: UnsafeRawPointer, _ index: Int) -> Double {
        self == .f64
            ? memory.load(fromByteOffset: index &* 8, as: Double.self)
            : Double(memory.load(fromByteOffset: index &* 4, as: Float.self))
    }

    func store(_ value: Double, _ memory: UnsafeMutableRawPointer, _ index: Int) {
        if self == .f64 {
            memory.storeBytes(of: value, toByteOffset: index &* 8, as: Double.self)
        } else {
            memory.storeBytes(of: Float(value), toByteOffset: index &* 4, as: Float.self)
        }
    }
}
