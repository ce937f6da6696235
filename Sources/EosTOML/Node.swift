import CEos
import EosCore

/// A value of a text in TOML that knows where it stands.
public struct Node: Sendable {
    public indirect enum Kind: Sendable {
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
        case array([Node])
        /// In the order of the text.
        case table([(name: String, node: Node)])

        /// For messages.
        public var text: String {
            switch self {
            case .bool(let value): "\(value)"
            case .integer(let value): "\(value)"
            case .number(let value): "\(value)"
            case .string(let value): quoted(value)
            case .array: "an array"
            case .table: "a table"
            }
        }
    }

    public let kind: Kind
    /// "objective.value.function".
    public let path: String
    let file: String
    /// Where its key stands, or the header of a table, or the element of an array; nil: it is the whole text.
    public let position: Position?

    /// "rosen.toml:12".
    public var place: String { position.map { "\(file):\($0.line)" } ?? file }

    /// An error about this value.
    public func fault(_ what: String) -> EosError {
        EosError(EOS_E_CONFIG, "\(place): \(path.isEmpty ? "" : "\(path): ")\(what)")
    }

    /// The same error, said to be about this value.
    public func blame(_ error: EosError) -> EosError { fault(error.message) }

    private func mismatch(_ wanted: String) -> EosError { fault("\(kind.text) is given; give \(wanted)") }

    public func string() throws(EosError) -> String {
        guard case .string(let value) = kind else { throw mismatch("a string") }
        return value
    }

    public func bool() throws(EosError) -> Bool {
        guard case .bool(let value) = kind else { throw mismatch("true or false") }
        return value
    }

    public func integer(in range: ClosedRange<Int64> = .min ... .max) throws(EosError) -> Int64 {
        guard case .integer(let value) = kind else { throw mismatch("an integer") }
        guard range.contains(value) else {
            throw mismatch("an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// An integer reads as a number too; not a number does not.
    public func number() throws(EosError) -> Double {
        switch kind {
        case .integer(let value): return Double(value)
        case .number(let value) where !value.isNaN: return value
        default: throw mismatch("a number")
        }
    }

    /// What is neither an array nor a table.
    public var scalar: Value? {
        switch kind {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .array, .table: nil
        }
    }

    /// The parameter of that name.
    public func parameter(of schema: Schema) throws(EosError) -> Parameter {
        let name = try string()
        if let found = schema.parameters.first(where: { $0.key == name }) { return found }
        let known = schema.parameters.map(\.key)
        throw fault(
            "there is no parameter \(name)\(hint(name, known, else: "declare it as [objective.parameters.\(name)]"))")
    }

    /// A scalar, or an array of numbers or of strings.
    public func value() throws(EosError) -> Value {
        if let scalar { return scalar }
        guard case .array(let nodes) = kind else {
            throw fault("a table is not a value; write a number, a string, a boolean or an array")
        }
        var numbers: [Double] = []
        var strings: [String] = []
        for node in nodes {
            switch node.kind {
            case .integer(let value): numbers.append(Double(value))
            case .number(let value): numbers.append(value)
            case .string(let value): strings.append(value)
            default: throw node.fault("the array holds \(node.kind.text); use numbers or strings")
            }
        }
        guard numbers.isEmpty || strings.isEmpty else {
            throw fault("the array mixes numbers and strings; use one of them")
        }
        return strings.isEmpty ? .numbers(numbers) : .strings(strings)
    }

    public func array() throws(EosError) -> [Node] {
        guard case .array(let nodes) = kind else { throw mismatch("an array") }
        return nodes
    }

    public func numbers() throws(EosError) -> [Double] {
        var numbers: [Double] = []
        for node in try array() { numbers.append(try node.number()) }
        return numbers
    }

    /// The entries of a table; unknown names are refused with the nearest one.
    public func table(_ known: [String], _ wanted: String = "a table") throws(EosError) -> TableNode {
        let table = try table(wanted)
        for (name, node) in table.entries where !known.contains(name) {
            throw node.fault("unknown key \(name)\(hint(name, known))")
        }
        return table
    }

    /// The entries of a table whose names are the author's own; each must be one that needs no quotes.
    public func table(_ wanted: String = "a table") throws(EosError) -> TableNode {
        guard case .table(let entries) = kind else { throw mismatch(wanted) }
        for (name, node) in entries where name.isEmpty || !name.utf8.allSatisfy(Self.isKeyByte) {
            throw node.fault("a key may contain letters, digits, '_' and '-'; write it without quotes")
        }
        return TableNode(node: self, entries: entries)
    }
}

extension Node {
    /// Whether a key that stands without quotes may have it.
    public static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// "objective.value"; names that need quotes have them.
    static func path(_ table: String, _ name: String) -> String {
        let isPlain = !name.isEmpty && name.utf8.allSatisfy(isKeyByte)
        return (table.isEmpty ? "" : table + ".") + (isPlain ? name : quoted(name))
    }
}

/// A table of a text.
public struct TableNode: Sendable {
    public let node: Node
    public let entries: [(name: String, node: Node)]

    public init(node: Node, entries: [(name: String, node: Node)]) {
        self.node = node
        self.entries = entries
    }

    public subscript(name: String) -> Node? { entries.first { $0.name == name }?.node }

    public func required(_ name: String, _ meaning: String) throws(EosError) -> Node {
        guard let found = self[name] else { throw node.fault("\(name) is missing: \(meaning)") }
        return found
    }
}

/// What to do about an unknown name: "; did you mean size?", or else what there is.
public func hint(_ name: String, _ known: [String], else other: String? = nil) -> String {
    let near = nearest(to: name, in: known).map { "did you mean \($0)?" }
    return "; " + (near ?? other ?? "use one of \(known.joined(separator: ", "))")
}
