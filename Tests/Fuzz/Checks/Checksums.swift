import EosCore

/// Makes the checksums of a safetensors file right, whatever else is wrong with it.
enum Checksums {
    private static let opening = Array("{\"__metadata__\":{\"checksum\":\"".utf8)

    static func repaired(_ file: [UInt8]) -> [UInt8] {
        var bytes = file
        let own = 8 + opening.count..<8 + opening.count + 16
        let data = own.upperBound + 1..<own.upperBound + 17
        guard bytes.count > data.upperBound else { return bytes }
        var length = bytes[..<8].enumerated().reduce(0) { $0 | Int($1.element) << (8 * min($1.offset, 6)) }
        if length <= data.upperBound - 8 || length > bytes.count - 8 {
            // A header that ends where the file does is better than none.
            length = bytes.count - 8
            for i in 0..<8 { bytes[i] = UInt8(truncatingIfNeeded: length >> (8 * i)) }
        }
        bytes.replaceSubrange(8..<8 + opening.count, with: opening)
        bytes[own.upperBound] = UInt8(ascii: ":")
        let end = min(8 + length + dataSize(bytes[8..<8 + length]), bytes.count)
        bytes.replaceSubrange(data, with: digits(bytes[(8 + length)..<end]))
        bytes.replaceSubrange(own, with: repeatElement(UInt8(ascii: "0"), count: 16))
        bytes.replaceSubrange(own, with: digits(bytes[..<(8 + length)]))
        return bytes
    }

    /// The largest end that a table of arrays in `header` names.
    private static func dataSize(_ header: ArraySlice<UInt8>) -> Int {
        var largest = 0
        let mark = Array("\"data_offsets\":[".utf8)
        var next = header.startIndex
        while let found = header[next...].firstRange(of: mark) {
            next = found.upperBound
            let inside = header[next...].prefix { $0 != UInt8(ascii: "]") }
            let last = inside.split(separator: UInt8(ascii: ",")).last ?? []
            largest = max(largest, Int(String(decoding: last, as: UTF8.self)) ?? 0)
        }
        return largest
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var crc = CRC64()
        bytes.withUnsafeBytes { crc.update($0) }
        let text = String(crc.value, radix: 16)
        return Array((String(repeating: "0", count: 16 - text.count) + text).utf8)
    }
}
