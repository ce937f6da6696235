import CEos

/// One key that something takes: its type, default, limits and meaning. The Swift face of `eos_parameter`.
public struct Parameter: Sendable, Hashable, Codable {
    public enum Kind: UInt32, Sendable, Codable {
        case bool = 1, integer, number, string, numbers, strings

        /// "an integer", for messages.
        public var text: String {
            switch self {
            case .bool: "true or false"
            case .integer: "an integer"
            case .number: "a number"
            case .string: "a string"
            case .numbers: "an array of numbers"
            case .strings: "an array of strings"
            }
        }
    }

    public struct Flags: OptionSet, Sendable, Hashable, Codable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let required = Flags(rawValue: UInt32(EOS_PARAMETER_REQUIRED))
        public static let auto = Flags(rawValue: UInt32(EOS_PARAMETER_AUTO))
        public static let live = Flags(rawValue: UInt32(EOS_PARAMETER_LIVE))
    }

    public var key: String
    public var kind: Kind
    /// As a spec writes it, bare words allowed; nil where the key has no value unless it is given.
    public var defaultText: String?
    /// Inclusive, for numbers and for every element of an array.
    public var range: ClosedRange<Double>?
    public var unit: String?
    /// The words that a string may be; empty: any.
    public var choices: [String]
    public var text: String
    public var flags: Flags

    public init(
        _ key: String, _ kind: Kind, default defaultText: String? = nil, range: ClosedRange<Double>? = nil,
        unit: String? = nil, choices: [String] = [], flags: Flags = [], _ text: String
    ) {
        self.key = key
        self.kind = kind
        self.defaultText = defaultText
        self.range = range
        self.unit = unit
        self.choices = choices
        self.text = text
        self.flags = flags
    }
}

extension Parameter {
    /// Reads text as this parameter's type: a string needs no quotes.
    func acceptText(_ text: String, owner: String) throws(EosError) -> Value {
        let value: Value
        do { value = try Value.parse(text) } catch { throw error.within("\(owner): \(key)") }
        if kind == .string {
            if case .string = value { return try accept(value, owner: owner) }
            return try accept(.string(text), owner: owner)
        }
        return try accept(value, owner: owner)
    }

    /// The value in this parameter's type, checked.
    public func accept(_ value: Value, owner: String) throws(EosError) -> Value {
        switch (kind, value) {
        case (.bool, .bool): return value
        case (.integer, .integer(let integer)):
            try check(Double(integer), owner: owner)
            return value
        case (.integer, .number(let number)) where number == number.rounded() && abs(number) < 0x1p63:
            try check(number, owner: owner)
            return .integer(Int64(number))
        case (.number, .integer(let integer)):
            try check(Double(integer), owner: owner)
            return .number(Double(integer))
        case (.number, .number(let number)):
            if number.isNaN, flags.contains(.auto) { return value }
            try check(number, owner: owner)
            return value
        case (.number, .string("auto")) where flags.contains(.auto):
            return .number(.nan)
        case (.string, .string(let string)):
            guard choices.isEmpty || choices.contains(string) else {
                let near = nearest(to: string, in: choices).map { "; did you mean \($0)?" } ?? ""
                throw EosError(
                    EOS_E_CONFIG,
                    "\(owner): \(key) = \"\(string)\" is not one of \(choices.joined(separator: ", "))\(near)")
            }
            return value
        case (.numbers, .numbers(let numbers)):
            for number in numbers { try check(number, owner: owner) }
            return value
        case (.strings, .strings): return value
        case (.strings, .numbers(let numbers)) where numbers.isEmpty: return .strings([])
        case (.numbers, .strings(let strings)) where strings.isEmpty: return .numbers([])
        default:
            let auto = flags.contains(.auto) ? " or \"auto\"" : ""
            throw EosError(
                EOS_E_CONFIG, "\(owner): \(key) = \(value) is \(value.kind.text); it must be \(kind.text)\(auto)")
        }
    }

    private func check(_ number: Double, owner: String) throws(EosError) {
        guard let range else {
            if number.isNaN { throw EosError(EOS_E_CONFIG, "\(owner): \(key) = nan is not allowed; give a number") }
            return
        }
        guard range.contains(number) else {
            throw EosError(EOS_E_CONFIG, "\(owner): \(key) = \(bound(number)) is out of range; it must be \(rangeText)")
        }
    }

    /// "at least 1", "1 to 10".
    public var rangeText: String {
        guard let range else { return "any number" }
        let low = range.lowerBound
        let high = range.upperBound
        if high >= 0x1p53 { return "at least \(bound(low))" }
        if low == -.infinity { return "at most \(bound(high))" }
        return "\(bound(low)) to \(bound(high))"
    }

    private func bound(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    }
}
