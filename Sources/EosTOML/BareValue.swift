/// Values of TOML that stand without quotes.
enum BareValue {
    /// More digits than any number needs; the parser reads so many at once.
    private static let longest = 64

    static func isWord(_ value: ArraySlice<UInt8>) -> Bool {
        let words = ["true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan"]
        return words.contains { $0.utf8.elementsEqual(value) }
    }

    /// An integer to base 10, 16, 8 or 2, or a number with fraction or exponent.
    static func isNumber(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= longest else { return false }
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where value.starts(with: prefix.utf8) {
            return isDigits(value.dropFirst(2), base)
        }
        var rest = value
        if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
        let mark = rest.firstIndex { "eE".utf8.contains($0) }
        if let mark {
            var exponent = rest[(mark + 1)...]
            if let sign = exponent.first, "+-".utf8.contains(sign) { exponent = exponent.dropFirst() }
            guard isDigits(exponent, 10) else { return false }
            rest = rest[..<mark]
        }
        if let point = rest.firstIndex(of: UInt8(ascii: ".")) {
            guard isDigits(rest[(point + 1)...], 10) else { return false }
            rest = rest[..<point]
        }
        // No zero leads.
        return isDigits(rest, 10) && (rest.count == 1 || rest.first != UInt8(ascii: "0"))
    }

    /// What is wrong with the size of a number; nil: nothing.
    static func rangeFault(_ value: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: value.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            return Int64(text.dropFirst(2), radix: base) == nil ? beyondIntegers : nil
        }
        guard text.contains(where: { ".eE".contains($0) }) else { return Int64(text) == nil ? beyondIntegers : nil }
        let number = Double(text) ?? .nan
        let mantissa = text.prefix { !"eE".contains($0) }
        let isLost = number == 0 && mantissa.contains { ("1"..."9").contains($0) }
        return number.isFinite && !isLost ? nil : "it is beyond the range of numbers, 4.9e-324 to 1.8e+308"
    }

    private static let beyondIntegers = "it is beyond the integers of 64 bits; a number with a point may be larger"

    /// "1979-05-27".
    static func isDate(_ value: ArraySlice<UInt8>) -> Bool {
        let parts = value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { $0.allSatisfy { digit($0, 10) } }
    }

    /// Digits with single underscores between them.
    private static func isDigits(_ text: ArraySlice<UInt8>, _ base: Int) -> Bool {
        text.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
            .allSatisfy { part in !part.isEmpty && part.allSatisfy { digit($0, base) } }
    }

    private static func digit(_ byte: UInt8, _ base: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) < base
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): base == 16
        default: false
        }
    }
}
