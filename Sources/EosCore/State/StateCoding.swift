import CEos

/// Writes scalars one after the other, little-endian, for saved state.
public struct StateEncoder {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func encode(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func encode(_ value: Int) { encode(UInt64(bitPattern: Int64(value))) }
    public mutating func encode(_ value: Double) { encode(value.bitPattern) }
    public mutating func encode(_ value: Bool) { encode(value ? 1 as UInt64 : 0) }

    public mutating func encode(_ values: [Double]) {
        encode(values.count)
        for value in values { encode(value) }
    }
}

/// Reads what a `StateEncoder` wrote, in the same order.
///
/// Every function throws `EOS_E_FORMAT` where the bytes end early or can't be such a value.
public struct StateDecoder {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// `bytes` are lent for as long as the decoder is used.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    public mutating func word() throws(EosError) -> UInt64 {
        guard position + 8 <= bytes.count else {
            throw EosError(
                EOS_E_FORMAT, "the saved state ends after \(bytes.count) bytes; it is incomplete or of another kind")
        }
        defer { position += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    public mutating func integer() throws(EosError) -> Int { Int(Int64(bitPattern: try word())) }
    /// An integer of `range`, so that what is counted on can't overflow.
    public mutating func integer(in range: ClosedRange<Int>) throws(EosError) -> Int {
        let value = try integer()
        guard range.contains(value) else {
            throw EosError(
                EOS_E_FORMAT,
                "the saved state has \(value) instead of a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// How often something happened.
    public mutating func count() throws(EosError) -> Int { try integer(in: 0...1 << 62) }

    public mutating func double() throws(EosError) -> Double { Double(bitPattern: try word()) }

    public mutating func bool() throws(EosError) -> Bool {
        let value = try word()
        guard value <= 1 else { throw EosError(EOS_E_FORMAT, "the saved state has \(value) instead of 0 or 1") }
        return value == 1
    }

    public mutating func doubles() throws(EosError) -> [Double] {
        let count = try integer()
        guard count >= 0, count <= (bytes.count - position) / 8 else {
            throw EosError(EOS_E_FORMAT, "the saved state has an array of \(count) numbers that exceeds its size")
        }
        var values: [Double] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try double()) }
        return values
    }

    /// Throws unless everything was read.
    public func finish() throws(EosError) {
        guard position == bytes.count else {
            throw EosError(EOS_E_FORMAT, "the saved state has \(bytes.count - position) bytes after its end")
        }
    }
}
