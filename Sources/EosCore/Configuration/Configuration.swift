import CEos

/// Values for keys, in the order in which they were set. Keys of nested tables are joined by dots: `data.file`.
public struct Configuration: Sendable, Equatable {
    public private(set) var keys: [String] = []
    private var values: [String: Value] = [:]

    public init() {}

    init(capacity: Int) {
        keys.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    public subscript(key: String) -> Value? {
        get { values[key] }
        set {
            if newValue == nil {
                keys.removeAll { $0 == key }
            } else if values[key] == nil {
                keys.append(key)
            }
            values[key] = newValue
        }
    }

    public var isEmpty: Bool { keys.isEmpty }

    /// The values under `table`, with `table.` taken off their keys.
    public func table(_ table: String) -> Configuration {
        var result = Configuration()
        for key in keys where key.hasPrefix(table + ".") {
            result[String(key.dropFirst(table.count + 1))] = values[key]
        }
        return result
    }

    /// Sets all of `other`, with `table.` put before their keys.
    public mutating func merge(_ other: Configuration, under table: String? = nil) {
        for key in other.keys { self[table.map { "\($0).\(key)" } ?? key] = other[key] }
    }

    /// Sets one key from `key=value`, the value as `Value.parse` reads it.
    public mutating func set(assignment: String) throws(EosError) {
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw EosError(EOS_E_CONFIG, "'\(assignment)' is not an assignment; write key=value")
        }
        let key = Value.trim(String(assignment[..<equals]))
        do {
            self[key] = try Value.parse(String(assignment[assignment.index(after: equals)...]))
        } catch {
            throw error.within(key)
        }
    }

    /// Sets several keys from assignments separated by white space; "" and [] hold white space together. All or none.
    public mutating func set(assignments: String) throws(EosError) {
        var copy = self
        var word = ""
        var quotes = Quotes()
        var depth = 0
        for character in assignments + " " {
            if !quotes.take(character) {
                if character.isWhitespace, depth == 0 {
                    if !word.isEmpty { try copy.set(assignment: word) }
                    word = ""
                    continue
                }
                if character == "[" { depth += 1 }
                if character == "]" { depth -= 1 }
            }
            word.append(character)
        }
        guard word.allSatisfy(\.isWhitespace) else {
            throw EosError(EOS_E_CONFIG, "'\(word)' has an unclosed quote or bracket; close it")
        }
        self = copy
    }
}

/// Typed reading. Each throws `EOS_E_NOT_FOUND` where the key has no value and `EOS_E_CONFIG` where it has another type.
extension Configuration {
    public func bool(_ key: String) throws(EosError) -> Bool {
        guard case .bool(let value) = try value(key) else { throw mismatch(key, "true or false") }
        return value
    }

    public func integer(_ key: String) throws(EosError) -> Int64 {
        guard case .integer(let value) = try value(key) else { throw mismatch(key, "an integer") }
        return value
    }

    /// An integer reads as a number too.
    public func number(_ key: String) throws(EosError) -> Double {
        switch try value(key) {
        case .number(let value): return value
        case .integer(let value): return Double(value)
        default: throw mismatch(key, "a number")
        }
    }

    public func string(_ key: String) throws(EosError) -> String {
        guard case .string(let value) = try value(key) else { throw mismatch(key, "a string") }
        return value
    }

    public func numbers(_ key: String) throws(EosError) -> [Double] {
        switch try value(key) {
        case .numbers(let values): return values
        case .strings(let values) where values.isEmpty: return []
        default: throw mismatch(key, "an array of numbers")
        }
    }

    public func strings(_ key: String) throws(EosError) -> [String] {
        switch try value(key) {
        case .strings(let values): return values
        case .numbers(let values) where values.isEmpty: return []
        default: throw mismatch(key, "an array of strings")
        }
    }

    private func value(_ key: String) throws(EosError) -> Value {
        guard let value = values[key] else { throw EosError(EOS_E_NOT_FOUND, "\(key) has no value") }
        return value
    }

    private func mismatch(_ key: String, _ wanted: String) -> EosError {
        EosError(EOS_E_CONFIG, "\(key) = \(values[key]!) is \(values[key]!.kind.text); it must be \(wanted)")
    }
}
