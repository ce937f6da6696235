import CEos
import EosJSON

/// The header of a saved state: texts and the table of arrays.
struct SafetensorsHeader {
    struct Entry {
        var name: String
        var type: StateTensor.Element
        var shape: [Int]
        /// Bytes of the data part.
        var range: Range<Int>
    }

    var metadata: [String: String]
    /// In the order of their data, without gaps.
    var entries: [Entry]
    var dataChecksum: UInt64

    private static let opening = "{\"__metadata__\":{\"\(Safetensors.checksumKey)\":\""

    /// Length and header, ready to be written. `tensors` in the order of their data.
    static func render(
        _ tensors: [StateTensor], metadata: [String: String], data: UInt64
    ) throws(EosError) -> [UInt8] {
        guard metadata[Safetensors.checksumKey] == nil else {
            throw EosError(EOS_E_INVALID, "a text of a saved state can't be named checksum; give it another name")
        }
        var text = opening + String(repeating: "0", count: 16) + ":" + hexadecimal(data) + "\""
        for key in metadata.keys.sorted() { text += ",\(quoted(key)):\(quoted(metadata[key]!))" }
        text += "}"
        var offset = 0
        var names: Set<String> = ["__metadata__", ""]
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else {
                throw EosError(
                    EOS_E_INVALID, "the name '\(tensor.name)' is already used in this saved state; give another name")
            }
            guard StateTensor.byteCount(tensor.type, tensor.shape) == tensor.bytes.count else {
                throw EosError(
                    EOS_E_INVALID,
                    "\(tensor.name): \(tensor.bytes.count) bytes do not fit the shape \(tensor.shape) of "
                        + tensor.type.rawValue)
            }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.bytes.count
            text += ",\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
            text += "\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        text += "}"
        var header = Array(text.utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        guard header.count <= Safetensors.longestHeader else {
            throw EosError(
                EOS_E_INVALID,
                "the header of the saved state has \(header.count) bytes; the format allows at most 100 MB")
        }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        header = length + header
        let digits = hexadecimal(checksum(ofZeroed: header))
        header.replaceSubrange(checksumRange, with: digits.utf8)
        return header
    }

    /// Reads length and header, `bytes`.
    init(parsing bytes: [UInt8]) throws(EosError) {
        let digits = SafetensorsHeader.checksumRange
        let dataDigits = digits.upperBound + 1..<digits.upperBound + 17
        guard bytes.count > dataDigits.upperBound, bytes[8..<digits.lowerBound].elementsEqual(Self.opening.utf8),
            bytes[digits.upperBound] == UInt8(ascii: ":"), let headerChecksum = Self.number(bytes[digits]),
            let dataChecksum = Self.number(bytes[dataDigits])
        else {
            throw EosError(
                EOS_E_FORMAT, "this is not a saved state, or it is damaged: its header does not begin with checksums")
        }
        var zeroed = bytes
        zeroed.replaceSubrange(digits, with: repeatElement(UInt8(ascii: "0"), count: 16))
        guard Self.checksum(ofZeroed: zeroed) == headerChecksum else {
            throw EosError(EOS_E_FORMAT, "the saved state is damaged: its header does not match its checksum")
        }
        self.dataChecksum = dataChecksum
        metadata = [:]
        entries = []
        try parse(bytes[8...])
        try checkRanges()
    }

    private mutating func parse(_ bytes: ArraySlice<UInt8>) throws(EosError) {
        let header: JSONText
        do { header = try JSONText(reading: bytes, depth: 3) } catch { throw Self.damaged("\(error)") }
        for (name, value) in try Self.members(of: header, "it") {
            let fields = try Self.members(of: value, name)
            guard name == "__metadata__" else {
                entries.append(try Self.entry(name, fields))
                continue
            }
            for (key, value) in fields {
                guard let text = value.string else { throw Self.damaged("\(key) is not a text") }
                metadata[key] = text
            }
        }
        metadata[Safetensors.checksumKey] = nil
    }

    private static func members(of value: JSONText, _ name: String) throws(EosError) -> [(String, JSONText)] {
        guard let members = value.members else { throw damaged("\(name) is not an object") }
        if let twice = value.repeatedName { throw damaged("\(name) has '\(twice)' more than once") }
        return members
    }

    private static func damaged(_ what: String) -> EosError {
        EosError(EOS_E_FORMAT, "the header of the saved state is damaged: \(what)")
    }

    private static func entry(_ name: String, _ fields: [(String, JSONText)]) throws(EosError) -> Entry {
        var type: StateTensor.Element?
        var shape: [Int]?
        var offsets: [Int]?
        for (key, value) in fields {
            switch key {
            case "dtype":
                let text = value.string ?? value.text
                type = StateTensor.Element(rawValue: text)
                if type == nil {
                    throw EosError(
                        EOS_E_FORMAT, "\(name) of the saved state has elements of unknown type '\(text)'")
                }
            case "shape": shape = try integers(value, "\(key) of \(name)")
            case "data_offsets": offsets = try integers(value, "\(key) of \(name)")
            default: throw EosError(EOS_E_FORMAT, "\(name) of the saved state has an unexpected field '\(key)'")
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw EosError(EOS_E_FORMAT, "\(name) of the saved state lacks its type, its shape or its offsets")
        }
        guard StateTensor.byteCount(type, shape) == offsets[1] - offsets[0] else {
            throw EosError(
                EOS_E_FORMAT,
                "\(name) of the saved state takes \(offsets[1] - offsets[0]) bytes, which do not fit "
                    + "the shape \(shape) of \(type.rawValue)")
        }
        return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    private static func integers(_ value: JSONText, _ name: String) throws(EosError) -> [Int] {
        let integers = value.array?.compactMap(\.integer).filter { $0 >= 0 }
        guard let integers, integers.count == value.array?.count else {
            throw damaged("\(name) is \(value.text.prefix(60)), not integers from 0 to \(Int.max)")
        }
        return integers
    }

    /// The format wants the data without overlap and without gaps.
    private mutating func checkRanges() throws(EosError) {
        entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let fault = entry.range.lowerBound < end ? "overlaps the entry before it" : "leaves a gap"
                throw EosError(
                    EOS_E_FORMAT,
                    "\(entry.name) of the saved state \(fault): it starts at byte "
                        + "\(entry.range.lowerBound) of the data, not at \(end)")
            }
            end = entry.range.upperBound
        }
    }
}

extension SafetensorsHeader {
    /// Where the header's own checksum stands, counted from the length's first byte.
    private static var checksumRange: Range<Int> { 8 + opening.utf8.count..<8 + opening.utf8.count + 16 }

    private static func checksum(ofZeroed bytes: [UInt8]) -> UInt64 {
        var crc = CRC64()
        bytes.withUnsafeBytes { crc.update($0) }
        return crc.value
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Lower case only: an upper-case digit is a flipped bit.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
