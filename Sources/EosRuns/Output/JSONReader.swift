import EosCore

/// What is wrong with a text that should be JSON, and where.
public struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

extension JSONText {
    /// Reads one value (RFC 8259), strictly: members keep their order, a name twice in an object is an error.
    ///
    /// Whole numbers that fit become `.integer`, all others `.number`; those beyond a double are an error.
    ///
    /// - Parameter depth: how deep arrays and objects may lie in each other.
    public init(reading text: some Sequence<UInt8>, depth: Int = 64) throws(JSONFault) {
        var reader = JSONReader(Array(text))
        self = try reader.document(depth: depth)
    }
}

private struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document(depth: Int) throws(JSONFault) -> JSONText {
        let value = try value(depth)
        skipSpace()
        guard position == bytes.count else { throw wrong("nothing more was expected") }
        return value
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func wrong(_ what: String) -> JSONFault {
        JSONFault(description: "this is no JSON: at byte \(position) of \(bytes.count) \(what)")
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard next == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value(_ depth: Int) throws(JSONFault) -> JSONText {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return try number()
        case nil: throw wrong("a value is missing")
        default:
            for (word, value) in [("true", JSONText.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return value
            }
            throw wrong("a value was expected")
        }
    }

    private mutating func object(_ depth: Int) throws(JSONFault) -> JSONText {
        guard depth > 0 else { throw wrong("values lie too deep in each other") }
        position += 1
        var members: [(String, JSONText)] = []
        var names: Set<String> = []
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw wrong("a name in double quotes was expected") }
            let name = try string()
            guard names.insert(name).inserted else { throw wrong("\(quoted(name)) is there for the second time") }
            guard take(":") else { throw wrong("a ':' was expected") }
            members.append((name, try value(depth - 1)))
        } while take(",")
        guard take("}") else { throw wrong("a ',' or '}' was expected") }
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(JSONFault) -> JSONText {
        guard depth > 0 else { throw wrong("values lie too deep in each other") }
        position += 1
        var values: [JSONText] = []
        if take("]") { return .array([]) }
        repeat { values.append(try value(depth - 1)) } while take(",")
        guard take("]") else { throw wrong("a ',' or ']' was expected") }
        return .array(values)
    }

    private mutating func number() throws(JSONFault) -> JSONText {
        let start = position
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
        func digits() throws(JSONFault) {
            guard isDigit(next) else { throw wrong("a digit was expected") }
            while isDigit(next) { position += 1 }
        }
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let whole = Int(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else { throw wrong("the number \(text) is too large") }
        return .number(number)
    }

    private mutating func string() throws(JSONFault) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else { throw wrong("text is not UTF-8") }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &text)
            case 0..<0x20: throw wrong("a control character must be written as \\u00XX")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw wrong("a text has no closing quote")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        let plain: [UInt8: UInt8] = [
            0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 0x08, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09,
        ]
        guard let byte = next else { throw wrong("a text ends in its middle") }
        position += 1
        if let plain = plain[byte] { return text.append(plain) }
        guard byte == UInt8(ascii: "u") else { throw wrong("'\\' is followed by what is no escape") }
        var code = UInt32(try unit())
        if code & 0xfc00 == 0xd800, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            position += 2
            let low = UInt32(try unit())
            guard low & 0xfc00 == 0xdc00 else { throw wrong("half of a surrogate pair is missing") }
            code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
        }
        guard let scalar = Unicode.Scalar(code) else { throw wrong("half of a surrogate pair is missing") }
        text += Array(String(Character(scalar)).utf8)
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws(JSONFault) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw wrong("four hexadecimal digits were expected") }
        position += 4
        return value
    }
}
