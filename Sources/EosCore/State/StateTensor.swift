/// A named array of a saved state, row-major, whose bytes belong to someone else.
public struct StateTensor {
    public enum Element: String, Sendable, CaseIterable {
        case u8 = "U8"
        case i64 = "I64"
        case f32 = "F32"
        case f64 = "F64"

        /// Bytes of one element.
        public var size: Int {
            switch self {
            case .u8: 1
            case .f32: 4
            case .i64, .f64: 8
            }
        }
    }

    public var name: String
    public var type: Element
    /// Empty for a single number.
    public var shape: [Int]
    /// Valid only as long as their owner says.
    public var bytes: UnsafeRawBufferPointer

    public init(name: String, type: Element, shape: [Int], bytes: UnsafeRawBufferPointer) {
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// The bytes that `shape` takes, or nil where a size is negative or the product overflows.
    public static func byteCount(_ type: Element, _ shape: [Int]) -> Int? {
        var count = type.size
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}
