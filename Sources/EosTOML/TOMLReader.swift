import EosCore

extension Node {
    /// Reads a text in TOML 1.0, in whatever order its keys stand. A byte order mark may come first.
    ///
    /// - Parameter file: as errors name it.
    /// - Throws: `EOS_E_CONFIG` with file, line, column and what is wrong, for a text that is not TOML or not UTF-8,
    ///   nests deeper than 64 tables and arrays, or has a date, or a number without a place in 64 bits.
    public init(toml text: some Sequence<UInt8>, file: String) throws(EosError) {
        var reader = TOMLReader(cursor: Cursor(Array(text), file: file))
        self = try reader.document().node(file: file)
    }
}

/// Lines, headers and keys. Values are in TOMLReader+Values.swift.
struct TOMLReader {
    static let deepest = 64

    private struct Part {
        let name: String
        let position: Position
    }

    var cursor: Cursor
    private let root = OpenTable(.whole, at: nil, path: "", depth: 0)
    /// So far: parts of the text under one header, and inline tables.
    private var sections = 0

    init(cursor: Cursor) { self.cursor = cursor }

    mutating func document() throws(EosError) -> OpenTable {
        try cursor.checkEncoding()
        var (table, section) = (root, 0)
        while true {
            cursor.skipBlanks()
            switch cursor.byte {
            case nil: return root
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"): break
            case UInt8(ascii: "["):
                table = try header()
                sections += 1
                section = sections
            default: try assignment(in: table, section: section)
            }
            cursor.skipBlanks()
            try cursor.skipComment()
            if try !cursor.takeNewline(), cursor.byte != nil {
                throw cursor.fault("a new line is expected, not \(cursor.shown)")
            }
        }
    }

    /// `[a.b]` or `[[a.b]]`.
    private mutating func header() throws(EosError) -> OpenTable {
        let position = cursor.position()
        let isElement = cursor.take("[[")
        if !isElement { _ = cursor.take("[") }
        let parts = try key("a table's name is expected after '['")
        guard cursor.take(isElement ? "]]" : "]") else {
            throw cursor.fault("'\(isElement ? "]]" : "]")' is expected after a table's name, not \(cursor.shown)")
        }
        var table = root
        for part in parts.dropLast() {
            switch table[part.name]?.content {
            case nil: table = try open(part, .implied, in: table)
            case .table(let inner): table = inner
            case .list(let list): table = list.tables.last!
            case .value: throw taken(part, table, "it can't contain a table")
            }
        }
        let last = parts[parts.count - 1]
        switch (table[last.name]?.content, isElement) {
        case (nil, false): table = try open(last, .whole, in: table)
        case (.table(let inner), false) where inner.origin == .implied:
            table = inner
            table.origin = .whole
        case (nil, true):
            let list = OpenTable.List()
            table.add(last.name, .list(list), at: position)
            table = try child(last, .whole, of: table)
            list.tables = [table]
        case (.list(let list), true):
            table = try child(last, .whole, of: table)
            list.tables.append(table)
        default: throw taken(last, table, "a name can be used only once")
        }
        table.position = position
        return table
    }

    /// `a.b = value`.
    private mutating func assignment(in table: OpenTable, section: Int) throws(EosError) {
        let parts = try key("a key is expected")
        guard cursor.take("=") else { throw cursor.fault("'=' is expected after a key, not \(cursor.shown)") }
        cursor.skipBlanks()
        var table = table
        for part in parts.dropLast() {
            switch table[part.name]?.content {
            case nil: table = try open(part, .dotted(section: section), in: table)
            case .table(let inner) where inner.origin == .dotted(section: section) || inner.origin == .implied:
                inner.origin = .dotted(section: section)
                table = inner
            default: throw taken(part, table, "a dotted key can't add to it")
            }
        }
        let last = parts[parts.count - 1]
        // Before its value, so that the fault that comes first in the text is told first.
        guard table[last.name] == nil else { throw taken(last, table, "a key can have only one value") }
        let value = try value(
            at: last.position, path: Node.path(table.path, last.name), depth: table.depth + 1,
            "a value is expected after '='")
        table.add(last.name, .value(value), at: last.position)
    }

    mutating func inlineTable(at position: Position, path: String, depth: Int) throws(EosError) -> Node {
        let table = OpenTable(.whole, at: position, path: path, depth: depth)
        sections += 1
        let section = sections
        _ = cursor.take("{")
        cursor.skipBlanks()
        if !cursor.take("}") {
            repeat {
                cursor.skipBlanks()
                try assignment(in: table, section: section)
                cursor.skipBlanks()
            } while cursor.take(",")
            guard cursor.take("}") else {
                throw cursor.fault("',' or '}' is expected on the line of '{', not \(cursor.shown)")
            }
        }
        return table.node(file: cursor.file)
    }

    /// Names between dots, and the blanks behind them.
    private mutating func key(_ expected: String) throws(EosError) -> [Part] {
        var parts: [Part] = []
        repeat {
            cursor.skipBlanks()
            let position = cursor.position()
            let name: String
            switch cursor.byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): name = try shortString()
            default:
                name = cursor.takeWhile(Node.isKeyByte)
                guard !name.isEmpty else {
                    throw cursor.fault("\(expected): letters, digits, '_' and '-', or in quotes; not \(cursor.shown)")
                }
            }
            parts.append(Part(name: name, position: position))
            cursor.skipBlanks()
        } while cursor.take(".")
        return parts
    }

    private func child(_ part: Part, _ origin: OpenTable.Origin, of table: OpenTable) throws(EosError) -> OpenTable {
        guard table.depth < Self.deepest else { throw cursor.tooDeep(part.position) }
        return OpenTable(origin, at: part.position, path: Node.path(table.path, part.name), depth: table.depth + 1)
    }

    private func open(_ part: Part, _ origin: OpenTable.Origin, in table: OpenTable) throws(EosError) -> OpenTable {
        let inner = try child(part, origin, of: table)
        table.add(part.name, .table(inner), at: part.position)
        return inner
    }

    private func taken(_ part: Part, _ table: OpenTable, _ rule: String) -> EosError {
        let line = table[part.name].map { $0.position.line } ?? 0
        let path = Node.path(table.path, part.name).prefix(100)
        return cursor.fault("\(path) is already defined in line \(line), and \(rule)", at: part.position)
    }
}
