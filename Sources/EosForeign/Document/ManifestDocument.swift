import CEos
import EosCore
import EosTOML
import TOMLKit

/// The text of a manifest as nodes that know their line.
struct ManifestDocument {
    /// More is no manifest.
    static let mostBytes = 1 << 18

    let root: Node

    /// - Throws: `EOS_E_CONFIG` with file and line for text that is not TOML, holds dates, or nests without end.
    init(text: String, file: String) throws(EosError) {
        guard text.utf8.count <= Self.mostBytes else {
            throw EosError(
                EOS_E_CONFIG, "\(file): \(text.utf8.count) bytes are no manifest; at most \(Self.mostBytes) are read")
        }
        let document = try TOMLDocument(text: text, file: file)
        var reader = NodeReader(file: file, lines: document.lines)
        root = try reader.read(document.root, path: "", key: "", depth: 0)
    }
}

/// Turns what the parser of TOML gives into nodes.
private struct NodeReader {
    private static let deepest = 12
    private static let mostNodes = 20_000

    let file: String
    let lines: LineIndex
    private var count = 0

    init(file: String, lines: LineIndex) {
        self.file = file
        self.lines = lines
    }

    private func place(_ key: String) -> String { lines.line(of: key).map { "\(file):\($0)" } ?? file }

    /// - Parameters:
    ///   - path: as messages name it.
    ///   - key: with the numbers of the elements of arrays.
    mutating func read(
        _ table: TOMLTable, path: String, key: String, depth: Int
    ) throws(EosError) -> Node {
        var entries: [(name: String, node: Node)] = []
        for name in table.keys.sorted() {
            let innerPath = path.isEmpty ? name : "\(path).\(name)"
            let innerKey = key.isEmpty ? name : "\(key).\(name)"
            guard !name.isEmpty, name.utf8.allSatisfy(isNameByte), let value = table[name] else {
                throw EosError(
                    EOS_E_CONFIG,
                    "\(place(key)): \(innerPath): a key is made of letters, digits, '_' and '-', without quotes"
                )
            }
            entries.append((name, try read(value, path: innerPath, key: innerKey, depth: depth + 1)))
        }
        return Node(kind: .table(entries), path: path, place: place(key))
    }

    private mutating func read(
        _ value: any TOMLValueConvertible, path: String, key: String, depth: Int
    ) throws(EosError) -> Node {
        count += 1
        guard depth <= Self.deepest, count <= Self.mostNodes else {
            throw EosError(
                EOS_E_CONFIG,
                "\(place(key)): \(path.prefix(60)): tables nest deeper than \(Self.deepest), or hold more than "
                    + "\(Self.mostNodes) values: no manifest needs that")
        }
        let kind: Node.Kind
        switch value.type {
        case .bool: kind = .bool(value.bool ?? false)
        case .int: kind = .integer(Int64(value.int ?? 0))
        case .double: kind = .number(value.double ?? .nan)
        case .string: kind = .string(value.string ?? "")
        case .table:
            if let table = value.table { return try read(table, path: path, key: key, depth: depth) }
            kind = .table([])
        case .array:
            var nodes: [Node] = []
            if let array = value.array {
                for (index, element) in array.enumerated() {
                    nodes.append(try read(element, path: path, key: "\(key).\(index)", depth: depth + 1))
                }
            }
            kind = .array(nodes)
        default:
            throw EosError(
                EOS_E_CONFIG,
                "\(place(key)): \(path): dates and times have no use here; write a number, a string or a boolean")
        }
        return Node(kind: kind, path: path, place: place(key))
    }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
    default: false
    }
}
