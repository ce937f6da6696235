import EosCore
import EosFFI

/// A vector on its way to C and back.
struct VectorBinding {
    let kind: VectorKind
    /// Where C finds the pointer; nil: the vector itself lies at `copy`, in a struct.
    let slot: UnsafeMutableRawPointer?
    /// The element type of C, and of the trainer.
    let foreign: ElementType
    let own: ElementType
    let count: Int
    let stride: Int
    /// nil: C gets the trainer's own memory.
    let copy: UnsafeMutableRawPointer?
    /// Where a gradient goes that nobody wants; nil: NULL is passed.
    let scratch: UnsafeMutableRawPointer?

    @inline(__always)
    private func pointer(_ frame: Frame) -> UnsafeMutableRawPointer? {
        switch kind {
        case .point: UnsafeMutableRawPointer(mutating: frame.point)
        case .direction: UnsafeMutableRawPointer(mutating: frame.direction)
        case .gradient: frame.gradient
        case .product: frame.product
        case .start: frame.start
        }
    }

    /// Before the call.
    @inline(__always)
    func prepare(_ frame: Frame) {
        guard let memory = pointer(frame) else {
            slot?.storeBytes(of: scratch, as: UnsafeMutableRawPointer?.self)
            return
        }
        guard let copy else {
            slot?.storeBytes(of: memory, as: UnsafeMutableRawPointer?.self)
            return
        }
        if !kind.isOutput { convert(memory, own, 1, to: copy, foreign, stride, count) }
        slot?.storeBytes(of: copy, as: UnsafeMutableRawPointer?.self)
    }

    /// After the call.
    @inline(__always)
    func finish(_ frame: Frame) {
        guard kind.isOutput, let copy, let memory = pointer(frame) else { return }
        convert(copy, foreign, stride, to: memory, own, 1, count)
    }
}

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

/// One element of a vector on its way to C or back.
struct CoordinateBinding {
    let kind: VectorKind
    let index: Int
    let cell: UnsafeMutableRawPointer
    let scalar: ScalarType
    let own: ElementType

    func prepare(_ frame: Frame) {
        guard !kind.isOutput, let memory = kind == .point ? frame.point : frame.direction else { return }
        scalar.store(own.load(memory, index), at: cell)
    }

    func finish(_ frame: Frame) {
        guard kind == .gradient, let memory = frame.gradient else { return }
        own.store(scalar.loadDouble(cell), memory, index)
    }
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
