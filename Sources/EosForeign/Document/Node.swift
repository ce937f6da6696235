import CEos
import EosCore

/// A value of a manifest that knows where it stands.
struct Node: Sendable {
    indirect enum Kind: Sendable {
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
        case array([Node])
        /// In the order of the names.
        case table([(name: String, node: Node)])

        /// For messages.
        var text: String {
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

    let kind: Kind
    /// "objective.value.function".
    let path: String
    /// "rosen.toml:12".
    let place: String

    /// An error about this value.
    func fault(_ what: String) -> EosError {
        EosError(EOS_E_CONFIG, "\(place): \(path.isEmpty ? "" : "\(path): ")\(what)")
    }

    /// The same error, said to be about this value.
    func blame(_ error: EosError) -> EosError { fault(error.message) }

    private func mismatch(_ wanted: String) -> EosError { fault("\(kind.text) is given; it must be \(wanted)") }

    func string() throws(EosError) -> String {
        guard case .string(let value) = kind else { throw mismatch("a string") }
        return value
    }

    func bool() throws(EosError) -> Bool {
        guard case .bool(let value) = kind else { throw mismatch("true or false") }
        return value
    }

    func integer(in range: ClosedRange<Int64> = .min ... .max) throws(EosError) -> Int64 {
        guard case .integer(let value) = kind else { throw mismatch("an integer") }
        guard range.contains(value) else {
            throw mismatch("an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// An integer reads as a number too; not a number does not.
    func number() throws(EosError) -> Double {
        switch kind {
        case .integer(let value): return Double(value)
        case .number(let value) where !value.isNaN: return value
        default: throw mismatch("a number")
        }
    }

    /// What is neither an array nor a table.
    var scalar: Value? {
        switch kind {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .array, .table: nil
        }
    }

    /// The parameter of that name.
    func parameter(of schema: Schema) throws(EosError) -> Parameter {
        let name = try string()
        if let found = schema.parameters.first(where: { $0.key == name }) { return found }
        let known = schema.parameters.map(\.key)
        throw fault(
            "there is no parameter \(name)\(hint(name, known, else: "declare it as [objective.parameters.\(name)]"))")
    }

    func array() throws(EosError) -> [Node] {
        guard case .array(let nodes) = kind else { throw mismatch("an array") }
        return nodes
    }

    func numbers() throws(EosError) -> [Double] {
        var numbers: [Double] = []
        for node in try array() { numbers.append(try node.number()) }
        return numbers
    }

    /// The entries of a table; unknown names are refused with the nearest one.
    func table(_ known: [String], _ wanted: String = "a table") throws(EosError) -> TableNode {
        let table = try table(wanted)
        for (name, node) in table.entries where !known.contains(name) {
            throw node.fault("unknown key \(name)\(hint(name, known))")
        }
        return table
    }

    /// The entries of a table whose names are the author's own.
    func table(_ wanted: String = "a table") throws(EosError) -> TableNode {
        guard case .table(let entries) = kind else { throw mismatch(wanted) }
        return TableNode(node: self, entries: entries)
    }
}

/// A table of a manifest.
struct TableNode: Sendable {
    let node: Node
    let entries: [(name: String, node: Node)]

    subscript(name: String) -> Node? { entries.first { $0.name == name }?.node }

    func required(_ name: String, _ meaning: String) throws(EosError) -> Node {
        guard let found = self[name] else { throw node.fault("\(name) is missing: \(meaning)") }
        return found
    }
}

/// What to do about an unknown name: "; did you mean size?", or else what there is.
func hint(_ name: String, _ known: [String], else other: String? = nil) -> String {
    let near = nearest(to: name, in: known).map { "did you mean \($0)?" }
    return "; " + (near ?? other ?? "there are \(known.joined(separator: ", "))")
}
