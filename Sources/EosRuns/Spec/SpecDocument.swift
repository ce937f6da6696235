import CEos
import EosCore
import EosTOML
import Foundation
import TOMLKit

/// The text of a spec as values for dotted keys, with what is needed to say where each came from.
struct SpecDocument {
    /// The file, as messages name it.
    let file: String
    private(set) var values: Configuration
    /// Every table that the text opens, empty ones too.
    private(set) var tables: [String] = []
    private let lines: LineIndex
    private var overridden: Set<String> = []

    /// - Throws: `EOS_E_CONFIG` with file, line and column for text that is not TOML or holds dates, tables in arrays or
    ///   mixed arrays.
    init(text: String, file: String) throws(EosError) {
        self.file = file
        let document = try TOMLDocument(text: text, file: file)
        lines = document.lines
        values = Configuration()
        try collect(document.root, under: "")
    }

    /// Applies `key=value` as `--set` gives it.
    mutating func override(_ assignment: String) throws(EosError) {
        var single = Configuration()
        do { try single.set(assignment: assignment) } catch { throw error.within("--set \(assignment)") }
        for key in single.keys {
            values[key] = single[key]
            overridden.insert(key)
        }
    }

    /// "digits.toml:12" for a key that the file sets, "--set policy.c" for an override, else "digits.toml".
    func place(of key: String) -> String {
        if overridden.contains(key) { return "\(file): --set \(key)" }
        return lines.line(of: key).map { "\(file):\($0)" } ?? file
    }

    private mutating func collect(_ table: TOMLTable, under prefix: String) throws(EosError) {
        for name in table.keys {
            let key = prefix.isEmpty ? name : "\(prefix).\(name)"
            guard !name.isEmpty, name.utf8.allSatisfy(isKeyByte), let value = table[name] else {
                throw fault(key, "a key is made of letters, digits, '_' and '-'; write it without quotes")
            }
            if let inner = value.table {
                tables.append(key)
                try collect(inner, under: key)
            } else {
                values[key] = try convert(value, key)
            }
        }
    }

    private func convert(_ value: any TOMLValueConvertible, _ key: String) throws(EosError) -> Value {
        switch value.type {
        case .bool: return .bool(value.bool!)
        case .int: return .integer(Int64(value.int!))
        case .double: return .number(value.double!)
        case .string: return .string(value.string!)
        case .array: return try convert(array: value.array!, key)
        default: throw fault(key, "dates and times have no use here; write a number, a string, a boolean or an array")
        }
    }

    private func convert(array: TOMLArray, _ key: String) throws(EosError) -> Value {
        var numbers: [Double] = []
        var strings: [String] = []
        for element in array {
            switch element.type {
            case .int: numbers.append(Double(element.int!))
            case .double: numbers.append(element.double!)
            case .string: strings.append(element.string!)
            default: throw fault(key, "an array holds numbers or strings; it holds something else here")
            }
        }
        guard numbers.isEmpty || strings.isEmpty else {
            throw fault(key, "the array mixes numbers and strings; use one of them")
        }
        return strings.isEmpty ? .numbers(numbers) : .strings(strings)
    }

    private func fault(_ key: String, _ what: String) -> EosError {
        EosError(EOS_E_CONFIG, "\(place(of: key)): \(key): \(what)")
    }
}

func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
    default: false
    }
}
