import CEos

extension Value {
    /// Reads one value as a spec writes it: `true`, `3`, `1e-4`, `"text"`, `[1, 2]`, `["a", "b"]`; a bare word is a
    /// string, so that `policy.name=nls` needs no quotes.
    ///
    /// Locale-independent. Throws `EOS_E_CONFIG` for an array of mixed elements or without its end, and for a number that
    /// is too large or too small for a double.
    public static func parse(_ text: String) throws(EosError) -> Value {
        let trimmed = trim(text)
        if trimmed.first == "[" {
            guard trimmed.last == "]" else {
                throw EosError(EOS_E_CONFIG, "the array \(trimmed) does not end with ']'; close it")
            }
            return try parseArray(trim(String(trimmed.dropFirst().dropLast())))
        }
        return try scalar(trimmed)
    }

    private static func parseArray(_ inner: String) throws(EosError) -> Value {
        if inner.isEmpty { return .numbers([]) }
        var numbers: [Double] = []
        var strings: [String] = []
        for element in split(inner) {
            switch try scalar(trim(element)) {
            case .integer(let value): numbers.append(Double(value))
            case .number(let value): numbers.append(value)
            case .string(let value): strings.append(value)
            default:
                throw EosError(
                    EOS_E_CONFIG,
                    "the array element \(element) is neither a number nor a string; quote it or correct it")
            }
        }
        guard numbers.isEmpty || strings.isEmpty else {
            throw EosError(EOS_E_CONFIG, "the array [\(inner)] mixes numbers and strings; use only one type")
        }
        return strings.isEmpty ? .numbers(numbers) : .strings(strings)
    }

    private static func scalar(_ text: String) throws(EosError) -> Value {
        if text == "true" { return .bool(true) }
        if text == "false" { return .bool(false) }
        if text.count >= 2, let quote = text.first, quote == "\"" || quote == "'", text.last == quote {
            return .string(unescape(text.dropFirst().dropLast(), quote: quote))
        }
        let digits = text.filter { $0 != "_" }
        if let value = Int64(digits) { return .integer(value) }
        if let first = digits.unicodeScalars.first(where: { $0 != "-" && $0 != "+" }),
            ("0"..."9").contains(first) || first == "." || digits.hasSuffix("inf") || digits.hasSuffix("nan"),
            let value = Double(digits)
        {
            guard isWithinRange(value, digits) else {
                throw EosError(
                    EOS_E_CONFIG,
                    "\(text) is beyond the range of numbers, 4.9e-324 to 1.8e+308; write a number in this range, or inf"
                )
            }
            return .number(value)
        }
        return .string(text)
    }

    /// Whether reading `text` neither overflowed nor lost all of its digits.
    private static func isWithinRange(_ value: Double, _ text: String) -> Bool {
        if value.isInfinite { return text.hasSuffix("inf") }
        let mantissa = text.prefix { !"eEpP".contains($0) }
        return value != 0 || !mantissa.contains { ("1"..."9").contains($0) }
    }

    /// What a quoted string holds: "" take the escapes \" \\ \n \r \t \u0000, '' take none.
    private static func unescape(_ text: Substring, quote: Character) -> String {
        guard quote == "\"" else { return String(text) }
        var result = ""
        var escaped = false
        var digits: String?
        for character in text {
            if let read = digits {
                digits = read + String(character)
                if read.count < 3 { continue }
                digits = nil
                if let scalar = UInt32(read + String(character), radix: 16).flatMap(Unicode.Scalar.init) {
                    result.unicodeScalars.append(scalar)
                }
            } else if escaped {
                escaped = false
                switch character {
                case "n": result.append("\n")
                case "r": result.append("\r")
                case "t": result.append("\t")
                case "u": digits = ""
                default: result.append(character)
                }
            } else if character == "\\" {
                escaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// Splits at commas outside of quotes; a comma after the last element is allowed.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = [""]
        var quotes = Quotes()
        for character in text {
            if !quotes.take(character), character == "," {
                parts.append("")
                continue
            }
            parts[parts.count - 1].append(character)
        }
        if parts.count > 1, trim(parts[parts.count - 1]).isEmpty { parts.removeLast() }
        return parts
    }

    static func trim(_ text: String) -> String {
        var part = Substring(text)
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }
}

/// Follows text character by character and knows whether it is within quotes.
struct Quotes {
    private(set) var open: Character?
    private var escaped = false

    /// Whether `character`, the next one, is within quotes or one of them.
    mutating func take(_ character: Character) -> Bool {
        guard let open else {
            guard character == "\"" || character == "'" else { return false }
            self.open = character
            return true
        }
        if escaped {
            escaped = false
        } else if character == "\\", open == "\"" {
            escaped = true
        } else if character == open {
            self.open = nil
        }
        return true
    }
}
