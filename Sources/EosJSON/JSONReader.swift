/// What is wrong with a text that should be JSON, and where.
public struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

extension JSONText {
    /// Reads one value (RFC 8259), strictly. Members keep their order; a name may come twice, and whoever reads the members
    /// tells (`repeatedName`). A byte order mark may come first.
    ///
    /// Whole numbers of 64 bits become `.integer`, exactly; all others become the nearest `.number`. A number is an error
    /// that is beyond those of a double or has none but zero near it.
    ///
    /// - Parameter depth: how deep arrays and objects may lie in each other.
    public init(reading text: some Sequence<UInt8>, depth: Int = 64) throws(JSONFault) {
        var reader = JSONReader(Array(text))
        self = try reader.document(depth: depth)
    }
}

extension Double {
    /// The number nearest to a decimal one; nil where that is infinite or zero and the decimal one is not.
    public static func decimal(_ text: String) -> Double? {
        guard let number = Double(text), number.isFinite else { return nil }
        if number == 0, text.prefix(while: { $0 != "e" && $0 != "E" }).contains(where: { ("1"..."9").contains($0) }) {
            return nil
        }
        return number
    }
}

private struct JSONReader {
    private let bytes: [UInt8]
    private var position: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    }

    mutating func document(depth: Int) throws(JSONFault) -> JSONText {
        let value = try value(depth)
        skipSpace()
        guard position == bytes.count else { throw wrong("the end was expected") }
        return value
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func wrong(_ what: String) -> JSONFault {
        JSONFault(description: "this is not JSON: at byte \(position) of \(bytes.count) \(what)")
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(_ depth: Int) throws(JSONFault) -> JSONText {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
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
        guard depth > 0 else { throw wrong("values are nested too deeply") }
        position += 1
        var members: [(String, JSONText)] = []
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw wrong("a name in double quotes was expected") }
            let name = try string()
            guard take(":") else { throw wrong("a ':' was expected") }
            members.append((name, try value(depth - 1)))
        } while take(",")
        guard take("}") else { throw wrong("a ',' or '}' was expected") }
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(JSONFault) -> JSONText {
        guard depth > 0 else { throw wrong("values are nested too deeply") }
        position += 1
        var values: [JSONText] = []
        if take("]") { return .array([]) }
        repeat { values.append(try value(depth - 1)) } while take(",")
        guard take("]") else { throw wrong("a ',' or ']' was expected") }
        return .array(values)
    }

    private mutating func number() throws(JSONFault) -> JSONText {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // Minus zero is a number of its own.
        if isWhole, let whole = Int(text), whole != 0 || text == "0" { return .integer(whole) }
        guard let number = Double.decimal(text) else {
            throw wrong("the number \(text.prefix(40)) is beyond the range of numbers, 4.9e-324 to 1.8e+308")
        }
        return .number(number)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private mutating func skipDigits() throws(JSONFault) {
        let start = position
        while let byte = next, isDigit(byte) { position += 1 }
        guard position > start else { throw wrong("a digit was expected") }
    }

    private mutating func string() throws(JSONFault) -> String {
        position += 1
        let start = position
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    position = start
                    throw wrong("a text is not UTF-8")
                }
                position += 1
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
        guard let byte = next else { throw wrong("a text is incomplete") }
        let scalar: Unicode.Scalar
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = Unicode.Scalar(byte)
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{c}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"):
            position += 1
            text += String(Character(try character())).utf8
            return
        default: throw wrong("'\\' is followed by an unknown escape")
        }
        text.append(UInt8(ascii: scalar))
        position += 1
    }

    /// What follows "\u": four digits, or two times four with another "\u" between them.
    private mutating func character() throws(JSONFault) -> Unicode.Scalar {
        var code = UInt32(try unit())
        if code & 0xfc00 == 0xd800, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            position += 2
            let low = UInt32(try unit())
            guard low & 0xfc00 == 0xdc00 else { throw wrong("half of a surrogate pair is missing") }
            code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
        }
        guard let scalar = Unicode.Scalar(code) else { throw wrong("half of a surrogate pair is missing") }
        return scalar
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
