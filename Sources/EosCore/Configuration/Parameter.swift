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
    public let kind: Kind
    /// As a spec writes it, bare words allowed; nil where the key has no value unless it is given.
    public var defaultText: String? {
        didSet { readDefault.value = read() }
    }
    /// What that reads as, read once.
    private var readDefault = Derived()
    /// Inclusive, for numbers and for every element of an array.
    public let range: ClosedRange<Double>?
    public var unit: String?
    /// The words that a string may be; empty: any.
    public let choices: [String]
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
        readDefault.value = read()
    }

    /// What the key is without a value that is given; nil: nothing, or what can't be read.
    var defaultValue: Value? { readDefault.value }

    private func read() -> Value? { defaultText.flatMap { try? acceptText($0, owner: key) } }
}

extension Parameter {
    /// What is written: nothing that follows from the rest.
    private enum CodingKeys: CodingKey {
        case key, kind, defaultText, range, unit, choices, text, flags
    }

    /// What follows from the rest: it makes no difference between two parameters.
    private struct Derived: Sendable, Hashable {
        var value: Value?

        func hash(into hasher: inout Hasher) {}
        static func == (a: Derived, b: Derived) -> Bool { true }
    }

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
            guard holds(integer) else { throw outOfRange("\(key) = \(integer) is", owner) }
            return value
        case (.integer, .number(let number)) where number == number.rounded() && number.isFinite:
            guard let integer = Int64(exactly: number) else {
                throw EosError(
                    EOS_E_CONFIG,
                    "\(owner): \(key) = \(text(number)) exceeds the integers of 64 bits; it must be \(rangeText)")
            }
            guard holds(integer) else { throw outOfRange("\(key) = \(integer) is", owner) }
            return .integer(integer)
        case (.number, .integer(let integer)):
            try check(Double(integer), "\(key) = \(integer) is", owner)
            return .number(Double(integer))
        case (.number, .number(let number)):
            if number.isNaN, flags.contains(.auto) { return value }
            try check(number, "\(key) = \(text(number)) is", owner)
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
            for (index, number) in numbers.enumerated() {
                try check(number, "\(key): element \(index + 1), \(text(number)), is", owner)
            }
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

    /// - Parameter what: "step = inf is", for the message.
    private func check(_ number: Double, _ what: String, _ owner: String) throws(EosError) {
        guard let range else {
            if number.isNaN { throw EosError(EOS_E_CONFIG, "\(owner): \(what) not allowed; give a number") }
            return
        }
        guard range.contains(number) else { throw outOfRange(what, owner) }
    }

    private func outOfRange(_ what: String, _ owner: String) -> EosError {
        EosError(EOS_E_CONFIG, "\(owner): \(what) out of range; it must be \(rangeText)")
    }
}

/// The limits of numbers. Those of an integer are compared and written as the integers that they are: a double has no
/// place for the largest ones.
extension Parameter {
    /// "at least 1", "1 to 10". An end is left out only where no value of the type lies beyond it.
    public var rangeText: String {
        let range = range ?? -.infinity ... .infinity
        if kind == .integer {
            let (low, high) = (integer(range.lowerBound, .up), integer(range.upperBound, .down))
            switch (low == .min, high == .max) {
            case (true, true): return "any integer of 64 bits"
            case (false, true): return "at least \(low)"
            case (true, false): return "at most \(high)"
            case (false, false): return "\(low) to \(high)"
            }
        }
        switch (range.lowerBound == -.infinity, range.upperBound == .infinity) {
        case (true, true): return "any number"
        case (false, true): return "at least \(text(range.lowerBound))"
        case (true, false): return "at most \(text(range.upperBound))"
        case (false, false): return "\(text(range.lowerBound)) to \(text(range.upperBound))"
        }
    }

    private func holds(_ integer: Int64) -> Bool {
        guard let range else { return true }
        return integer >= self.integer(range.lowerBound, .up) && integer <= self.integer(range.upperBound, .down)
    }

    /// The integer next to a bound.
    private func integer(_ bound: Double, _ rule: FloatingPointRoundingRule) -> Int64 {
        let whole = bound.rounded(rule)
        return Int64(exactly: whole) ?? (whole < 0 ? .min : .max)
    }

    /// As a person writes it.
    private func text(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        return number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    }
}
