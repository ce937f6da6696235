/// The C types that hold one number, flat, so that reading and writing one is a jump and counts no references.
public enum ScalarType: UInt8, Sendable, Hashable, CaseIterable {
    case bool, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64

    /// Bytes; the alignment is the same.
    public var size: Int {
        switch self {
        case .bool, .i8, .u8: 1
        case .i16, .u16: 2
        case .i32, .u32, .f32: 4
        case .i64, .u64, .f64: 8
        }
    }

    public var isFloatingPoint: Bool { self == .f32 || self == .f64 }

    /// As C writes it.
    public var name: String {
        switch self {
        case .bool: "bool"
        case .i8: "int8_t"
        case .u8: "uint8_t"
        case .i16: "int16_t"
        case .u16: "uint16_t"
        case .i32: "int32_t"
        case .u32: "uint32_t"
        case .i64: "int64_t"
        case .u64: "uint64_t"
        case .f32: "float"
        case .f64: "double"
        }
    }

    /// Writes `value` at `address`, aligned for the type.
    ///
    /// - Returns: false, with nothing written, where the type can't hold it; a float takes the nearest number.
    @discardableResult
    public func store(_ value: Int64, at address: UnsafeMutableRawPointer) -> Bool {
        switch self {
        case .bool: address.storeBytes(of: value == 0 ? 0 : 1, as: UInt8.self)
        case .i8: return Self.exactly(value, Int8.self, address)
        case .u8: return Self.exactly(value, UInt8.self, address)
        case .i16: return Self.exactly(value, Int16.self, address)
        case .u16: return Self.exactly(value, UInt16.self, address)
        case .i32: return Self.exactly(value, Int32.self, address)
        case .u32: return Self.exactly(value, UInt32.self, address)
        case .i64: address.storeBytes(of: value, as: Int64.self)
        case .u64: return Self.exactly(value, UInt64.self, address)
        case .f32: address.storeBytes(of: Float(value), as: Float.self)
        case .f64: address.storeBytes(of: Double(value), as: Double.self)
        }
        return true
    }

    private static func exactly<I: FixedWidthInteger & BitwiseCopyable>(
        _ value: Int64, _: I.Type, _ address: UnsafeMutableRawPointer
    ) -> Bool {
        guard let value = I(exactly: value) else { return false }
        address.storeBytes(of: value, as: I.self)
        return true
    }

    /// Writes `value` at `address`, aligned for the type.
    ///
    /// - Returns: false, with nothing written, for a fraction or a number out of range where the type counts.
    @discardableResult
    public func store(_ value: Double, at address: UnsafeMutableRawPointer) -> Bool {
        switch self {
        case .f64: address.storeBytes(of: value, as: Double.self)
        case .f32: address.storeBytes(of: Float(value), as: Float.self)
        case .u64:
            guard let value = UInt64(exactly: value) else { return false }
            address.storeBytes(of: value, as: UInt64.self)
        default:
            guard let value = Int64(exactly: value) else { return false }
            return store(value, at: address)
        }
        return true
    }

    /// The number at `address`, aligned for the type; the nearest one where double can't hold it.
    public func loadDouble(_ address: UnsafeRawPointer) -> Double {
        switch self {
        case .f64: address.load(as: Double.self)
        case .f32: Double(address.load(as: Float.self))
        case .u64: Double(address.load(as: UInt64.self))
        default: Double(loadInteger(address))
        }
    }

    /// The integer at `address`, aligned for the type. What Int64 can't hold becomes its nearest limit, a float is cut,
    /// not a number becomes the smallest.
    public func loadInteger(_ address: UnsafeRawPointer) -> Int64 {
        switch self {
        case .bool: address.load(as: UInt8.self) == 0 ? 0 : 1
        case .i8: Int64(address.load(as: Int8.self))
        case .u8: Int64(address.load(as: UInt8.self))
        case .i16: Int64(address.load(as: Int16.self))
        case .u16: Int64(address.load(as: UInt16.self))
        case .i32: Int64(address.load(as: Int32.self))
        case .u32: Int64(address.load(as: UInt32.self))
        case .i64: address.load(as: Int64.self)
        case .u64: Int64(clamping: address.load(as: UInt64.self))
        case .f32: Self.cut(Double(address.load(as: Float.self)))
        case .f64: Self.cut(address.load(as: Double.self))
        }
    }

    private static func cut(_ value: Double) -> Int64 {
        if value >= 0x1p63 { return .max }
        return value > -0x1p63 ? Int64(value) : .min
    }
}

extension CType {
    /// The number that a value of this type is, where it is one.
    public var scalar: ScalarType? {
        switch self {
        case .bool: .bool
        case .character: Self.characterScalar
        case .integer(1, let isSigned): isSigned ? .i8 : .u8
        case .integer(2, let isSigned): isSigned ? .i16 : .u16
        case .integer(4, let isSigned): isSigned ? .i32 : .u32
        case .integer(_, let isSigned): isSigned ? .i64 : .u64
        case .float: .f32
        case .double: .f64
        case .void, .pointer, .structure, .array, .function: nil
        }
    }

    #if arch(arm64)
        private static let characterScalar = ScalarType.u8
    #else
        private static let characterScalar = ScalarType.i8
    #endif

    /// Whether what it points to must not be written.
    public var pointsToConstant: Bool {
        if case .pointer(_, let isConstant) = self { return isConstant }
        return false
    }

    public var isPointer: Bool { pointee != nil }
}
