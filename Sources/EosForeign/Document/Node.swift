import CEos
import EosCore

/// A value of a manifest that knows where it stands.
public struct Node: Sendable {
    public indirect enum Kind: Sendable {
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

    public let kind: Kind
    /// "objective.value.function".
    public let path: String
    /// "rosen.toml:12".
    public let place: String

    /// An error about this value.
    public func fault(_ what: String) -> EosError {
        EosError(EOS_E_CONFIG, "\(place): \(path.isEmpty ? "" : "\(path): ")\(what)")
    }

    /// The same error, said to be about this value.
    func blame(_ error: EosError) -> EosError { fault(error.message) }

    private func mismatch(_ wanted: String) -> EosError { fault("\(kind.text) is given; it must be \(wanted)") }

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
            let near = nearest(to: name, in: known).map { "; did you mean \($0)?" }
            throw node.fault("unknown key \(name)\(near ?? "; there are \(known.joined(separator: ", "))")")
        }
        return table
    }

    /// The entries of a table whose names are the author's own.
    public func table(_ wanted: String = "a table") throws(EosError) -> TableNode {
        guard case .table(let entries) = kind else { throw mismatch(wanted) }
        return TableNode(node: self, entries: entries)
    }
}

/// A table of a manifest.
public struct TableNode: Sendable {
    public let node: Node
    public let entries: [(name: String, node: Node)]

    public subscript(name: String) -> Node? { entries.first { $0.name == name }?.node }

    public func required(_ name: String, _ meaning: String) throws(EosError) -> Node {
        guard let found = self[name] else { throw node.fault("\(name) is missing: \(meaning)") }
        return found
    }
}
