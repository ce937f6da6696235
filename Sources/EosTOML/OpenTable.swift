/// A table while its text is read. TOML lets a table be opened in several ways and forbids most pairs of them.
final class OpenTable {
    enum Origin: Equatable {
        /// On the way to the table of a header: its own header may follow.
        case implied
        /// By its header, or by braces.
        case whole
        /// On the way of a dotted key: whole when the part of the text ends in which that stands.
        case dotted(section: Int)
    }

    /// An array of tables, shared by those who add to it.
    final class List {
        var tables: [OpenTable] = []
    }

    enum Content {
        /// Inline tables among them: nothing is added to these.
        case value(Node)
        case table(OpenTable)
        case list(List)
    }

    struct Entry {
        let name: String
        let position: Position
        let content: Content
    }

    private var entries: [Entry] = []
    /// By the bytes of the name: strings of other characters may be equal.
    private var places: [[UInt8]: Int] = [:]
    var origin: Origin
    /// nil: it is the whole text.
    var position: Position?
    let path: String
    /// Tables around it.
    let depth: Int

    init(_ origin: Origin, at position: Position?, path: String, depth: Int) {
        self.origin = origin
        self.position = position
        self.path = path
        self.depth = depth
    }

    subscript(name: String) -> Entry? { places[Array(name.utf8)].map { entries[$0] } }

    /// The name must be free.
    func add(_ name: String, _ content: Content, at position: Position) {
        places[Array(name.utf8)] = entries.count
        entries.append(Entry(name: name, position: position, content: content))
    }

    func node(file: String) -> Node {
        let nodes = entries.map { entry -> (name: String, node: Node) in
            switch entry.content {
            case .value(let node): return (entry.name, node)
            case .table(let table): return (entry.name, table.node(file: file))
            case .list(let list):
                let path = Node.path(path, entry.name)
                let kind = Node.Kind.array(list.tables.map { $0.node(file: file) })
                return (entry.name, Node(kind: kind, path: path, file: file, position: entry.position))
            }
        }
        return Node(kind: .table(nodes), path: path, file: file, position: position)
    }
}
