import CEos
import EosCore

/// A place in a text; both count from 1. A column is a character as Unicode counts them.
public struct Position: Sendable, Equatable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// A text and how far it is read.
struct Cursor {
    let file: String
    private let bytes: [UInt8]
    private var next = 0
    private var line = 1
    /// A column that is known, of the line that is read: counting from there on, nothing is counted twice.
    private var counted = (offset: 0, column: 1)

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        next = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        counted.offset = next
    }

    /// What comes next; nil at the end.
    var byte: UInt8? { next < bytes.count ? bytes[next] : nil }

    mutating func position() -> Position {
        counted.column += bytes[counted.offset..<next].count(where: { $0 & 0xc0 != 0x80 })
        counted.offset = next
        return Position(line: line, column: counted.column)
    }

    /// What comes next, for messages.
    var shown: String {
        guard let byte else { return "the end of the file" }
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return "the end of the line" }
        let scalar = String(decoding: bytes[next...].prefix(4), as: UTF8.self).unicodeScalars.first!
        return byte < 0x20 || byte == 0x7f ? Self.control(byte) : "'\(scalar)'"
    }

    private static func control(_ byte: UInt8) -> String {
        "the control character U+00\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
    }

    // MARK: Faults

    func fault(_ what: String, at position: Position? = nil) -> EosError {
        var here = self
        return refusal("this is not TOML: \(what)", at: position ?? here.position())
    }

    func tooDeep(_ position: Position) -> EosError {
        refusal("values are nested too deeply; nest at most \(TOMLReader.deepest) tables and arrays", at: position)
    }

    func refusal(_ what: String, at position: Position) -> EosError {
        EosError(EOS_E_CONFIG, "\(file):\(position.line):\(position.column): \(what)")
    }

    /// - Throws: for a text that is not UTF-8, with the place of the first byte that is not.
    func checkEncoding() throws(EosError) {
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        var (decoder, iterator) = (UTF8(), bytes[next...].makeIterator())
        var (line, column) = (1, 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        throw refusal("the text is not UTF-8", at: Position(line: line, column: column))
    }

    // MARK: Going on

    mutating func skip(_ count: Int = 1) { next = min(next + count, bytes.count) }

    func starts(with text: String) -> Bool { bytes[next...].starts(with: text.utf8) }

    mutating func take(_ text: String) -> Bool {
        guard starts(with: text) else { return false }
        next += text.utf8.count
        return true
    }

    mutating func takeWhile(_ belongs: (UInt8) -> Bool) -> String {
        let start = next
        while let byte, belongs(byte) { next += 1 }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    mutating func skipBlanks() { while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { next += 1 } }

    /// Takes the end of a line: a line feed, with a carriage return before it or without.
    mutating func takeNewline() throws(EosError) -> Bool {
        guard take("\n") || take("\r\n") else {
            if byte == UInt8(ascii: "\r") { throw fault("a carriage return has no line feed after it") }
            return false
        }
        line += 1
        counted = (next, 1)
        return true
    }

    mutating func skipComment() throws(EosError) {
        guard byte == UInt8(ascii: "#") else { return }
        while let byte, byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "\r"), starts(with: "\r\n") { return }
            try refuseControl(byte)
            next += 1
        }
    }

    /// Control characters stand nowhere in a text but for tabs and ends of lines.
    func refuseControl(_ byte: UInt8) throws(EosError) {
        guard byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7f else { return }
        throw fault("\(Self.control(byte)) is not allowed in a text; write it as an escape in double quotes")
    }
}
