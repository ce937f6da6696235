import CEos
import EosCore

/// The words and marks of a prototype, each with its column.
struct SignatureScanner {
    struct Token: Equatable {
        enum Kind { case word, number, mark, end }
        let kind: Kind
        let text: String
        /// From 1.
        let column: Int
    }

    /// Longer texts are no prototype.
    static let mostBytes = 4096

    private(set) var tokens: [Token] = []

    init(_ text: String) throws(EosError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.mostBytes else {
            throw EosError(
                EOS_E_CONFIG,
                "a prototype of \(bytes.count) bytes exceeds \(Self.mostBytes); give one function")
        }
        var next = 0
        while next < bytes.count {
            let start = next
            let byte = bytes[next]
            if Self.isSpace(byte) {
                next += 1
            } else if Self.isLetter(byte) {
                while next < bytes.count, Self.isLetter(bytes[next]) || Self.isDigit(bytes[next]) { next += 1 }
                append(.word, bytes[start..<next], start)
            } else if Self.isDigit(byte) {
                while next < bytes.count, Self.isLetter(bytes[next]) || Self.isDigit(bytes[next]) { next += 1 }
                append(.number, bytes[start..<next], start)
            } else if bytes[next...].starts(with: "...".utf8) {
                next += 3
                append(.mark, bytes[start..<next], start)
            } else if "*()[],;".utf8.contains(byte) {
                next += 1
                append(.mark, bytes[start..<next], start)
            } else {
                let shown = byte > 0x20 && byte < 0x7f ? "'\(Character(UnicodeScalar(byte)))'" : "the byte \(byte)"
                throw EosError(
                    EOS_E_CONFIG, "column \(start + 1): \(shown) is not allowed in a prototype: \(Self.hint(byte))")
            }
        }
        append(.end, [], bytes.count)
    }

    private mutating func append(_ kind: Token.Kind, _ bytes: ArraySlice<UInt8>, _ start: Int) {
        tokens.append(Token(kind: kind, text: String(decoding: bytes, as: UTF8.self), column: start + 1))
    }

    private static func hint(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"): "declare the layout of a struct in a table [struct.NAME]"
        case UInt8(ascii: ":"): "bit fields have no address; combine them into an integer"
        case UInt8(ascii: "&"): "write a reference as a pointer"
        case UInt8(ascii: "<"), UInt8(ascii: ">"): "only C functions can be called, not templates"
        default: "write a C prototype, such as double f(int n, const double *x)"
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || byte == UInt8(ascii: "_")
    }
}
