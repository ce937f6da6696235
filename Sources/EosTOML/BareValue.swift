import EosJSON

/// Values of TOML that stand without quotes: numbers and booleans; dates and times have no use in eos.
enum BareValue {
    /// nil for what is none, or has no place in 64 bits.
    static func value(_ text: String) -> Node.Kind? {
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "inf", "+inf": return .number(.infinity)
        case "-inf": return .number(-.infinity)
        case "nan", "+nan", "-nan": return .number(.nan)
        default: break
        }
        let plain = text.filter { $0 != "_" }
        switch form(text) {
        case .integer(let digits, let base): return Int64(plain.suffix(digits), radix: base).map { .integer($0) }
        case .number: return Double.decimal(plain).map { .number($0) }
        case nil: return nil
        }
    }

    /// What is wrong with the size of a number; nil: it is no number.
    static func rangeFault(_ text: String) -> String? {
        switch form(text) {
        case .integer: "it is beyond the integers of 64 bits; write a number with a decimal point"
        case .number: "it is beyond the range of numbers, 4.9e-324 to 1.8e+308"
        case nil: nil
        }
    }

    /// How what was meant is written.
    static func rule(_ text: String) -> String {
        // 1979-05-27, 07:32:00
        let shape = text.map { $0.isASCII && $0.isNumber ? "0" : $0 }
        return shape.starts(with: "0000-00-00") || shape.starts(with: "00:")
            ? "dates and times are not supported; write a number, a string or a boolean"
            : "it is not a value; write text in quotes, and numbers as 1, -2.5 or 1e-3"
    }

    // MARK: Numbers

    private enum Form {
        /// So many digits at the end, without underscores; with the sign, if any.
        case integer(digits: Int, base: Int)
        case number
    }

    private static func form(_ text: String) -> Form? {
        let value = Array(text.utf8)[...]
        let count = value.count(where: { $0 != UInt8(ascii: "_") })
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] where value.starts(with: prefix.utf8) {
            return isDigits(value.dropFirst(2), base) ? .integer(digits: count - 2, base: base) : nil
        }
        var rest = value
        if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
        var isWhole = true
        if let mark = rest.firstIndex(where: { "eE".utf8.contains($0) }) {
            var exponent = rest[(mark + 1)...]
            if let sign = exponent.first, "+-".utf8.contains(sign) { exponent = exponent.dropFirst() }
            guard isDigits(exponent, 10) else { return nil }
            (rest, isWhole) = (rest[..<mark], false)
        }
        if let point = rest.firstIndex(of: UInt8(ascii: ".")) {
            guard isDigits(rest[(point + 1)...], 10) else { return nil }
            (rest, isWhole) = (rest[..<point], false)
        }
        // No zero leads.
        guard isDigits(rest, 10), rest.count == 1 || rest.first != UInt8(ascii: "0") else { return nil }
        return isWhole ? .integer(digits: count, base: 10) : .number
    }

    /// Digits with single underscores between them.
    private static func isDigits(_ text: ArraySlice<UInt8>, _ base: Int) -> Bool {
        var isAfterDigit = false
        for byte in text {
            let isDigit =
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) < base
                case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): base == 16
                default: false
                }
            guard isDigit || byte == UInt8(ascii: "_") && isAfterDigit else { return false }
            isAfterDigit = isDigit
        }
        return isAfterDigit
    }
}
