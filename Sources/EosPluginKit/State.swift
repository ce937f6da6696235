import CEos

/// Numbers that saved state is made of. Stored little-endian, as every machine that eos runs on holds them.
public protocol StateNumber: BitwiseCopyable {}

extension Double: StateNumber {}
extension Float: StateNumber {}
extension Int: StateNumber {}
extension Int32: StateNumber {}
extension Int64: StateNumber {}
extension UInt32: StateNumber {}
extension UInt64: StateNumber {}

/// Where `save` writes. What is written is read back in the same order.
public struct StateWriter {
    let stream: UnsafePointer<eos_writer>

    public init(_ stream: UnsafePointer<eos_writer>) { self.stream = stream }

    public mutating func write<Number: StateNumber>(_ value: Number) throws(PluginError) {
        var value = value
        let status = withUnsafeBytes(of: &value) { eos_write_all(stream, $0.baseAddress, Int64($0.count)) }
        try check(status)
    }

    public mutating func write(_ value: Bool) throws(PluginError) { try write(UInt32(value ? 1 : 0)) }

    /// The count, then the elements.
    public mutating func write<Number: StateNumber>(_ values: [Number]) throws(PluginError) {
        try write(values.count)
        let status = values.withUnsafeBytes { eos_write_all(stream, $0.baseAddress, Int64($0.count)) }
        try check(status)
    }

    /// The number of bytes in UTF-8, then the bytes.
    public mutating func write(_ string: String) throws(PluginError) {
        var string = string
        try write(string.utf8.count)
        let status = string.withUTF8 { eos_write_all(stream, $0.baseAddress, Int64($0.count)) }
        try check(status)
    }

    private func check(_ status: eos_status) throws(PluginError) {
        guard status == EOS_OK else { throw PluginError(Int(status), "the state could not be written") }
    }
}

/// Where `load` reads, in the order in which `save` wrote.
public struct StateReader {
    let stream: UnsafePointer<eos_reader>

    public init(_ stream: UnsafePointer<eos_reader>) { self.stream = stream }

    public mutating func read(_: Double.Type = Double.self) throws(PluginError) -> Double { try number(0) }
    public mutating func read(_: Float.Type = Float.self) throws(PluginError) -> Float { try number(0) }
    public mutating func read(_: Int.Type = Int.self) throws(PluginError) -> Int { try number(0) }
    public mutating func read(_: Int32.Type = Int32.self) throws(PluginError) -> Int32 { try number(0) }
    public mutating func read(_: UInt32.Type = UInt32.self) throws(PluginError) -> UInt32 { try number(0) }
    public mutating func read(_: Int64.Type = Int64.self) throws(PluginError) -> Int64 { try number(0) }
    public mutating func read(_: UInt64.Type = UInt64.self) throws(PluginError) -> UInt64 { try number(0) }

    public mutating func read(_: Bool.Type = Bool.self) throws(PluginError) -> Bool {
        let word: UInt32 = try number(0)
        guard word <= 1 else { throw .format("the saved state has \(word) instead of true (1) or false (0)") }
        return word == 1
    }

    public mutating func read<Number: StateNumber & ExpressibleByIntegerLiteral>(
        _: [Number].Type = [Number].self
    ) throws(PluginError) -> [Number] {
        try elements(filledWith: 0)
    }

    public mutating func read(_: String.Type = String.self) throws(PluginError) -> String {
        let bytes: [UInt8] = try elements(filledWith: 0)
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw .format("the saved state has text that is not UTF-8")
        }
        return string
    }

    private mutating func number<Number: StateNumber>(_ zero: Number) throws(PluginError) -> Number {
        var value = zero
        let status = withUnsafeMutableBytes(of: &value) { eos_read_all(stream, $0.baseAddress, Int64($0.count)) }
        try check(status)
        return value
    }

    private mutating func elements<Element: BitwiseCopyable>(
        filledWith zero: Element
    ) throws(PluginError) -> [Element] {
        let count: Int = try number(0)
        guard count >= 0, !count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride).overflow else {
            throw .format("the saved state has a count of \(count)")
        }
        // In pieces: a damaged count then ends with the stream and not with the memory.
        let piece = 1 << 16
        var result: [Element] = []
        while result.count < count {
            let start = result.count
            result.append(contentsOf: repeatElement(zero, count: min(piece, count - start)))
            let status = result.withUnsafeMutableBytes {
                let bytes = $0[(start * MemoryLayout<Element>.stride)...]
                return eos_read_all(
                    stream, UnsafeMutableRawBufferPointer(rebasing: bytes).baseAddress, Int64(bytes.count))
            }
            try check(status)
        }
        return result
    }

    private func check(_ status: eos_status) throws(PluginError) {
        guard status == EOS_OK else {
            throw PluginError(Int(status), "the saved state is incomplete, damaged or unreadable")
        }
    }
}
