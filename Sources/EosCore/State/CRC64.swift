/// CRC-64/XZ (ECMA-182's polynomial, reflected): finds every flipped bit and every burst of up to 64 bits.
///
/// Eight bytes at a time by eight tables (Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance
/// CRC Generation", 2008). The check value of "123456789" is 0x995dc9bbdf1939fa.
public struct CRC64: Sendable {
    private var state: UInt64 = .max

    public init() {}

    public var value: UInt64 { ~state }

    /// Takes in more bytes; the parts may be cut anywhere.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state = CRC64.tables.withUnsafeBufferPointer { tables in
            var state = state
            var offset = 0
            while offset + 8 <= bytes.count {
                state ^= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                var next: UInt64 = 0
                for slice in 0..<8 {
                    next ^= tables[(7 - slice) << 8 | Int(truncatingIfNeeded: (state >> UInt64(slice << 3)) & 0xff)]
                }
                state = next
                offset += 8
            }
            while offset < bytes.count {
                state = tables[Int((state ^ UInt64(bytes[offset])) & 0xff)] ^ (state >> 8)
                offset += 1
            }
            return state
        }
    }

    /// Table `k` at `k << 8`: what a byte does to the state `k` bytes further on.
    private static let tables: [UInt64] = {
        var tables = [UInt64](repeating: 0, count: 8 << 8)
        for byte in 0..<256 {
            var value = UInt64(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xc96c_5795_d787_0f42 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<(8 << 8) {
            let before = tables[index - 256]
            tables[index] = tables[Int(before & 0xff)] ^ (before >> 8)
        }
        return tables
    }()
}
