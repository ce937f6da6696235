import EosCore

/// What stands after an equals sign.
extension TOMLReader {
    /// - Parameters:
    ///   - position: of the key, or of the element.
    ///   - path: of the key.
    ///   - depth: tables and arrays around it.
    mutating func value(
        at position: Position, path: String, depth: Int, _ expected: String
    ) throws(EosError) -> Node {
        let kind: Node.Kind
        switch cursor.byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let isLong = cursor.starts(with: "\"\"\"") || cursor.starts(with: "'''")
            kind = .string(try isLong ? longString() : shortString())
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard depth <= Self.deepest else { throw cursor.tooDeep(position) }
            if cursor.byte == UInt8(ascii: "{") { return try inlineTable(at: position, path: path, depth: depth) }
            kind = .array(try array(path: path, depth: depth + 1))
        default: kind = try bareValue(expected)
        }
        return Node(kind: kind, path: path, file: cursor.file, position: position)
    }

    private mutating func array(path: String, depth: Int) throws(EosError) -> [Node] {
        var values: [Node] = []
        _ = cursor.take("[")
        try skipLines()
        while !cursor.take("]") {
            let position = cursor.position()
            values.append(try value(at: position, path: path, depth: depth, "a value or ']' is expected"))
            try skipLines()
            let hasComma = cursor.take(",")
            try skipLines()
            guard hasComma || cursor.starts(with: "]") else {
                throw cursor.fault("',' or ']' is expected after a value, not \(cursor.shown)")
            }
        }
        return values
    }

    private mutating func skipLines() throws(EosError) {
        repeat {
            cursor.skipBlanks()
            try cursor.skipComment()
        } while try cursor.takeNewline()
    }

    /// Number or boolean.
    private mutating func bareValue(_ expected: String) throws(EosError) -> Node.Kind {
        let position = cursor.position()
        let text = cursor.takeWhile(Self.isBareByte)
        guard !text.isEmpty else { throw cursor.fault("\(expected), not \(cursor.shown)") }
        let shown = oneLine(String(text.prefix(40)))
        guard let value = BareValue.value(text) else {
            throw cursor.refusal("\(shown): \(BareValue.rangeFault(text) ?? BareValue.rule(text))", at: position)
        }
        return value
    }

    private static func isBareByte(_ byte: UInt8) -> Bool { byte > 0x20 && !"\"'#=,[]{}\u{7f}".utf8.contains(byte) }

    // MARK: Strings

    /// A string of one line.
    mutating func shortString() throws(EosError) -> String {
        let start = cursor.position()
        let isLiteral = cursor.take("'")
        if !isLiteral { _ = cursor.take("\"") }
        var text: [UInt8] = []
        while let byte = cursor.byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            if cursor.take(isLiteral ? "'" : "\"") { return String(decoding: text, as: UTF8.self) }
            try cursor.refuseControl(byte)
            if !isLiteral, cursor.take("\\") {
                try escape(into: &text)
            } else {
                text.append(byte)
                cursor.skip()
            }
        }
        throw cursor.fault("a text has no closing quote on its line", at: start)
    }

    /// A string between three quotes on each side. Its lines end with a line feed, however those of the file do.
    private mutating func longString() throws(EosError) -> String {
        let start = cursor.position()
        let isLiteral = cursor.take("'''")
        if !isLiteral { _ = cursor.take("\"\"\"") }
        // A new line at once belongs to the quotes.
        _ = try cursor.takeNewline()
        var text: [UInt8] = []
        while let byte = cursor.byte {
            if cursor.take(isLiteral ? "'''" : "\"\"\"") {
                // Two more quotes may belong to the text.
                for _ in 0..<2 where cursor.take(isLiteral ? "'" : "\"") { text.append(byte) }
                return String(decoding: text, as: UTF8.self)
            }
            if try cursor.takeNewline() {
                text.append(UInt8(ascii: "\n"))
                continue
            }
            try cursor.refuseControl(byte)
            if !isLiteral, cursor.take("\\") {
                if try !skipToNextWord() { try escape(into: &text) }
            } else {
                text.append(byte)
                cursor.skip()
            }
        }
        throw cursor.fault("a text has no closing quotes", at: start)
    }

    /// What follows a backslash at the end of a line, up to the next that is not blank.
    ///
    /// - Returns: whether the line ends here.
    private mutating func skipToNextWord() throws(EosError) -> Bool {
        let before = cursor
        cursor.skipBlanks()
        guard try cursor.takeNewline() else {
            cursor = before
            return false
        }
        repeat { cursor.skipBlanks() } while try cursor.takeNewline()
        return true
    }

    /// What follows a backslash.
    private mutating func escape(into text: inout [UInt8]) throws(EosError) {
        let plain: [(String, UInt8)] = [
            ("\"", 0x22), ("\\", 0x5c), ("b", 0x08), ("t", 0x09), ("n", 0x0a), ("f", 0x0c), ("r", 0x0d),
        ]
        for (mark, byte) in plain where cursor.take(mark) {
            text.append(byte)
            return
        }
        let count = cursor.starts(with: "u") ? 4 : cursor.starts(with: "U") ? 8 : 0
        guard count > 0 else {
            throw cursor.fault(
                "'\\' is followed by \(cursor.shown); write \\\" \\\\ \\b \\t \\n \\f \\r \\u0000 or \\U00000000")
        }
        let position = cursor.position()
        cursor.skip()
        var code: UInt32 = 0
        for _ in 0..<count {
            guard let digit = cursor.byte.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw cursor.fault("\(count) hexadecimal digits are expected, not \(cursor.shown)")
            }
            code = code << 4 | UInt32(digit)
            cursor.skip()
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw cursor.fault("U+\(String(code, radix: 16, uppercase: true)) is not a character", at: position)
        }
        text += String(Character(scalar)).utf8
    }
}
