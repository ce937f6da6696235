/// An element type that host vectors can have.
protocol HostScalar: BinaryFloatingPoint, SIMDScalar, Codable {
    /// Eight elements, widened to double.
    static func load8(_ pointer: UnsafePointer<Self>) -> SIMD8<Double>
}

extension Double: HostScalar {
    @inline(__always)
    static func load8(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
    }
}

extension Float: HostScalar {
    @inline(__always)
    static func load8(_ pointer: UnsafePointer<Float>) -> SIMD8<Double> {
        SIMD8<Double>(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self))
    }
}
