import CEos

/// The element type of parameter vectors: `Float` or `Double`, and no other.
public protocol ParameterScalar: BinaryFloatingPoint, SIMDScalar, Codable, BitwiseCopyable, Sendable {
    /// `EOS_F32` or `EOS_F64`.
    static var elementType: UInt32 { get }
}

extension Float: ParameterScalar {
    public static var elementType: UInt32 { UInt32(EOS_F32) }
}

extension Double: ParameterScalar {
    public static var elementType: UInt32 { UInt32(EOS_F64) }
}
