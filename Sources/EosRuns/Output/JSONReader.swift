/// What is wrong with a text that should be JSON.
public struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

extension JSONText {
    /// Reads one JSON value (RFC 8259). Members keep their order, which Foundation's parser does not give.
    public init(reading text: some Sequence<UInt8>) throws(JSONFault) {
        var reader = JSONReader(bytes: Array(text))
        self = try reader.value(depth: 0)
        try reader.end()
    }
}

/// A recursive descent over the bytes of a JSON text.
private struct JSONReader {
    let bytes: [UInt8]
    private var next = 0
    /// Deeper nesting is nothing that the daemon sends, and would only use up the stack.
    private static let depthLimit = 64

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func value(depth: Int) throws(JSONFault) -> JSONText {
        guard depth < Self.depthLimit else { throw fault("more than \(Self.depthLimit) levels") }
        skipSpace()
        switch next < bytes.count ? bytes[next] : 0 {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func end() throws(JSONFault) {
        skipSpace()
        guard next == bytes.count else { throw fault("text behind its end") }
    }

    private mutating func object(_ depth: Int) throws(JSONFault) -> JSONText {
        next += 1
        var members: [(String, JSONText)] = []
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else { throw fault("no name of a member") }
            let name = try string()
            guard take(":") else { throw fault("no ':' behind \(name)") }
            members.append((name, try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw fault("an object without its end") }
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(JSONFault) -> JSONText {
        next += 1
        var elements: [JSONText] = []
        if take("]") { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw fault("an array without its end") }
        return .array(elements)
    }

    private mutating func string() throws(JSONFault) -> String {
        next += 1
        var text: [UInt8] = []
        while next < bytes.count, bytes[next] != UInt8(ascii: "\"") {
            let byte = bytes[next]
            guard byte >= 0x20 else { throw fault("a control character in a string") }
            next += 1
            if byte == UInt8(ascii: "\\") { text += try escape().utf8 } else { text.append(byte) }
        }
        guard next < bytes.count else { throw fault("a string without its end") }
        next += 1
        guard let result = String(validating: text, as: UTF8.self) else { throw fault("a string that is not UTF-8") }
        return result
    }

    private mutating func escape() throws(JSONFault) -> String {
        guard next < bytes.count else { throw fault("a string without its end") }
        defer { next += 1 }
        switch bytes[next] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var units = [try unit(at: next + 1)]
            next += 4
            if UTF16.isLeadSurrogate(units[0]), next + 2 < bytes.count, bytes[next + 1] == UInt8(ascii: "\\"),
                bytes[next + 2] == UInt8(ascii: "u")
            {
                units.append(try unit(at: next + 3))
                next += 6
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw fault("half a character") }
            return text
        default: throw fault("an unknown escape")
        }
    }

    private func unit(at start: Int) throws(JSONFault) -> UInt16 {
        guard start + 4 <= bytes.count, bytes[start..<start + 4].allSatisfy({ Character(.init($0)).isHexDigit }),
            let unit = UInt16(String(decoding: bytes[start..<start + 4], as: UTF8.self), radix: 16)
        else { throw fault("an unknown escape") }
        return unit
    }

    private mutating func number() throws(JSONFault) -> JSONText {
        let start = next
        while next < bytes.count, Self.numeric.contains(bytes[next]) { next += 1 }
        let text = String(decoding: bytes[start..<next], as: UTF8.self)
        if let integer = Int(text) { return .integer(integer) }
        guard let first = text.utf8.first(where: { $0 != UInt8(ascii: "-") }),
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first), let number = Double(text)
        else { throw fault("something else where a value is due") }
        return .number(number)
    }

    private static let numeric = Set("+-.0123456789eE".utf8)

    private mutating func word(_ word: String, _ value: JSONText) throws(JSONFault) -> JSONText {
        guard bytes[next...].starts(with: word.utf8) else { throw fault("something else where a value is due") }
        next += word.utf8.count
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next < bytes.count, bytes[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func skipSpace() {
        while next < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[next]) { next += 1 }
    }

    private func fault(_ what: String) -> JSONFault { JSONFault(description: "\(what) at byte \(next)") }
}
