import EosFFI

/// Numbers at the width of their C type.
extension CType {
    /// Whether it is a number.
    var isScalar: Bool { isInteger || isFloatingPoint }

    /// A number that a pointer points to.
    var scalarPointee: CType? { pointee.flatMap { $0.isScalar ? $0 : nil } }

    /// The number of this type at `place`; NaN where this is no number.
    @inline(__always)
    func load(_ place: UnsafeRawPointer) -> Double {
        switch self {
        case .double: place.loadUnaligned(as: Double.self)
        case .float: Double(place.loadUnaligned(as: Float.self))
        case .bool, .character, .integer: Double(loadInteger(place))
        default: .nan
        }
    }

    /// The integer of this type at `place`; 0 where this is none.
    func loadInteger(_ place: UnsafeRawPointer) -> Int64 {
        switch self {
        case .bool: Int64(place.load(as: UInt8.self) == 0 ? 0 : 1)
        case .character: Int64(place.load(as: CChar.self))
        case .integer(1, true): Int64(place.load(as: Int8.self))
        case .integer(1, false): Int64(place.load(as: UInt8.self))
        case .integer(2, true): Int64(place.loadUnaligned(as: Int16.self))
        case .integer(2, false): Int64(place.loadUnaligned(as: UInt16.self))
        case .integer(4, true): Int64(place.loadUnaligned(as: Int32.self))
        case .integer(4, false): Int64(place.loadUnaligned(as: UInt32.self))
        case .integer: place.loadUnaligned(as: Int64.self)
        default: 0
        }
    }

    /// Writes a number to `place`; an integer type takes the nearest integer that it holds, 0 for NaN.
    @inline(__always)
    func store(_ value: Double, _ place: UnsafeMutableRawPointer) {
        switch self {
        case .double: place.storeBytes(of: value, as: Double.self)
        case .float: place.storeBytes(of: Float(value), as: Float.self)
        case .bool, .character, .integer: storeInteger(value, place)
        default: break
        }
    }

    private func storeInteger(_ value: Double, _ place: UnsafeMutableRawPointer) {
        func clamped<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) {
            let rounded = value.isNaN ? 0 : value.rounded()
            let integer = Integer(exactly: rounded) ?? (rounded < 0 ? Integer.min : Integer.max)
            place.storeBytes(of: integer, as: Integer.self)
        }
        switch self {
        case .bool: place.storeBytes(of: value != 0 ? 1 : 0, as: UInt8.self)
        case .character: clamped(CChar.self)
        case .integer(1, true): clamped(Int8.self)
        case .integer(1, false): clamped(UInt8.self)
        case .integer(2, true): clamped(Int16.self)
        case .integer(2, false): clamped(UInt16.self)
        case .integer(4, true): clamped(Int32.self)
        case .integer(4, false): clamped(UInt32.self)
        case .integer(8, false): clamped(UInt64.self)
        case .integer: clamped(Int64.self)
        default: break
        }
    }
}
