import EosJSON
import Glibc

/// Texts of programs and plugins, which need not be UTF-8, as strings from which the same bytes can be had again.
///
/// A byte that belongs to no character is kept as the character U+10FF00 plus that byte, which is private and in use
/// nowhere. Where a text has one of these characters itself, its bytes are kept in the same way: nothing is ambiguous.
public enum ByteText {
    private static let kept: ClosedRange<UInt32> = 0x10_ff80...0x10_ffff
    private static let base: UInt32 = 0x10_ff00
    /// Every kept byte begins so in UTF-8, and hardly anything else does.
    private static let first: UInt8 = 0xf4

    /// The string of a text that a zero byte ends.
    public static func text(_ text: UnsafePointer<CChar>) -> String {
        if let valid = String(validatingCString: text), !valid.utf8.contains(first) { return valid }
        let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
        var result = String.UnicodeScalarView()
        var source = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var position = 0
        while true {
            let length: Int
            switch parser.parseScalar(from: &source) {
            case .emptyInput:
                return String(result)
            case .valid(let encoded) where !kept.contains(Unicode.UTF8.decode(encoded).value):
                result.append(Unicode.UTF8.decode(encoded))
                position += encoded.count
                continue
            case .valid(let encoded): length = encoded.count
            case .error(let count): length = count
            }
            for byte in bytes[position..<position + length] { result.append(Unicode.Scalar(base + UInt32(byte))!) }
            position += length
        }
    }

    /// Lends the bytes of a text, ended by a zero byte.
    public static func withBytes<Result>(of text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        guard text.utf8.contains(first) else { return text.withCString(body) }
        var bytes: [CChar] = []
        for scalar in text.unicodeScalars {
            if kept.contains(scalar.value) {
                bytes.append(CChar(bitPattern: UInt8(scalar.value - base)))
            } else {
                bytes += Unicode.UTF8.encode(scalar)!.map { CChar(bitPattern: $0) }
            }
        }
        return (bytes + [0]).withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    /// For people: a byte that belongs to no character is shown as \xNN.
    public static func readable(_ text: String) -> String {
        guard text.utf8.contains(first) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if kept.contains(scalar.value) {
                result += "\\x" + String(scalar.value - base, radix: 16)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// A text of a plugin or a program for people to read: where it is not UTF-8, each byte that does not belong is shown as
/// \xNN, so that no byte is lost or guessed.
public func readableText(_ text: UnsafePointer<CChar>) -> String { ByteText.readable(ByteText.text(text)) }

/// `text` with a blank for every control character, so that a message is one line and leaves a terminal as it was; bytes
/// that are no text are shown as \xNN.
public func oneLine(_ text: String) -> String {
    let text = ByteText.readable(text)
    guard text.utf8.contains(where: isControl) else { return text }
    return String(decoding: text.utf8.map { isControl($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
}

private func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }

/// `text` between double quotes, escaped as JSON and TOML both read it.
public func quoted(_ text: String) -> String { JSONText.quoted(text) }
