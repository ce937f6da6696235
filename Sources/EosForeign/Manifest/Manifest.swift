import CEos
import EosCore
import EosFFI
import EosPluginHost
import EosTOML
import Glibc

/// A file that says how to call a shared library that knows nothing of eos: checked whole when it is read, with nothing
/// loaded.
public struct Manifest: Sendable {
    /// A longer file is no manifest.
    public static let mostBytes = 1 << 18

    /// As messages name it.
    public let file: String
    /// Absolute and without links, where it was read from a file.
    public let path: String
    public let text: String
    /// "org.example.models".
    public let id: String
    public let version: String
    /// SPDX expression.
    public let licence: String
    /// As the manifest writes it: a path, relative to the manifest unless absolute, or a name for the loader.
    public let library: String
    let setup: [ForeignFunction]
    let cleanup: [ForeignFunction]
    public let objectives: [ObjectiveManifest]
    let policies: [PolicyManifest]
    let types: TypeTable
    let handles: Set<String>
    /// Where it names the library.
    let libraryNode: Node

    /// Reads and checks the manifest at `path`.
    ///
    /// - Parameter origin: the file that this one is a copy of, which messages name; nil: none.
    /// - Throws: `EOS_E_IO` for a file that can't be read, `EOS_E_CONFIG` with file and line for what is wrong in it.
    public static func read(path: String, as origin: String? = nil) throws(EosError) -> Manifest {
        guard let resolved = realpath(path, nil) else {
            throw EosError(
                EOS_E_IO, "\(path): \(String(cString: strerror(errno))); give the path of a manifest (.toml)")
        }
        let absolute = String(cString: resolved)
        free(resolved)
        return try Manifest(text: try contents(absolute, path), file: origin ?? path, path: origin ?? absolute)
    }

    /// Checks a manifest that lies in no file, on the terms of `read`.
    public init(text: String, file: String) throws(EosError) { try self.init(text: text, file: file, path: file) }

    private init(text: String, file: String, path: String) throws(EosError) {
        guard text.utf8.count <= Self.mostBytes else {
            throw EosError(
                EOS_E_CONFIG,
                "\(file): \(text.utf8.count) bytes are too many for a manifest; give a file of at most "
                    + "\(Self.mostBytes) bytes"
            )
        }
        let root = try Node(toml: text.utf8, file: file).table(
            ["id", "version", "licence", "library", "struct", "setup", "cleanup", "objective", "policy"])
        self.file = file
        self.path = path
        self.text = text
        let idNode = try root.required(
            "id", "the id of the plugin, a reverse domain name such as \"org.example.models\"")
        id = try Self.identifier(idNode)
        version = try root.required("version", "the version, such as \"1.0.0\"").string()
        licence = try root.required("licence", "the licence as an SPDX expression, such as \"MIT\"").string()
        libraryNode = try root.required("library", "the shared object to call, such as \"libmodel.so\"")
        library = try libraryNode.string()
        guard !library.isEmpty else { throw libraryNode.fault("the name is empty; give the shared object to call") }
        let types = try Self.structs(root["struct"])
        self.types = types

        var handles: Set<String> = []
        func calls(_ purpose: Purpose) throws(EosError) -> [ForeignFunction] {
            var functions: [ForeignFunction] = []
            for table in try Self.tables(root, purpose.name) {
                _ = try table.node.table(ForeignFunction.keys)
                let context = RoleContext(purpose: purpose, types: types, handles: handles)
                functions.append(try ForeignFunction(table, context))
                handles.formUnion(functions.last!.handles)
            }
            return functions
        }
        setup = try calls(.setup)
        cleanup = try calls(.cleanup)
        let filled = handles
        self.handles = filled

        objectives = try Self.offers(root, "objective", id: \.id) { table throws(EosError) in
            try ObjectiveManifest(table, types, filled)
        }
        policies = try Self.offers(root, "policy", id: \.id) { table throws(EosError) in
            try PolicyManifest(table, types, filled)
        }
        guard !objectives.isEmpty || !policies.isEmpty else {
            throw root.node.fault("the manifest offers nothing; add a table [[objective]] or [[policy]]")
        }
    }

    /// What can be known without loading the library.
    public var description: PluginDescription {
        PluginDescription(
            path: path, id: id, version: version, licence: licence, library: location.text,
            offers: objectives.map { $0.offer(file: path) } + policies.map { $0.offer(file: path) })
    }

    /// Everything that is called.
    var functions: [ForeignFunction] { setup + cleanup + objectives.flatMap(\.functions) + policies.map(\.search) }
}

/// Where the library of a manifest is.
public enum LibraryLocation: Sendable, Hashable {
    case file(String)
    /// A name that the dynamic loader looks up, such as "libm.so.6".
    case name(String)

    public var text: String {
        switch self {
        case .file(let path): path
        case .name(let name): name
        }
    }
}

extension Manifest {
    /// A name without a slash means the file of that name beside the manifest, or else what the loader finds by it.
    public var location: LibraryLocation {
        if library.hasPrefix("/") { return .file(library) }
        let directory = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let beside = "\(directory)/\(library)"
        return library.utf8.contains(UInt8(ascii: "/")) || access(beside, F_OK) == 0 ? .file(beside) : .name(library)
    }
}

extension Manifest {
    static func identifier(_ node: Node) throws(EosError) -> String {
        let id = try node.string()
        do throws(EosError) { try Identifier.check(id, "this id") } catch { throw node.blame(error) }
        return id
    }

    /// What the tables `name` offer.
    private static func offers<Offered>(
        _ root: TableNode, _ name: String, id: KeyPath<Offered, String>,
        _ read: (TableNode) throws(EosError) -> Offered
    ) throws(EosError) -> [Offered] {
        var all: [Offered] = []
        for table in try tables(root, name) {
            let one = try read(table)
            guard !all.contains(where: { $0[keyPath: id] == one[keyPath: id] }) else {
                throw table.node.fault(
                    "the \(name) \(one[keyPath: id]) is declared twice; give each a different id")
            }
            all.append(one)
        }
        return all
    }

    /// The tables of an array of tables.
    private static func tables(_ root: TableNode, _ name: String) throws(EosError) -> [TableNode] {
        guard let node = root[name] else { return [] }
        guard case .array(let nodes) = node.kind else { throw node.fault("write [[\(name)]], with two brackets") }
        var tables: [TableNode] = []
        for node in nodes { tables.append(try node.table("a table, [[\(name)]]")) }
        return tables
    }

    private static func structs(_ node: Node?) throws(EosError) -> TypeTable {
        guard let table = try node?.table("tables [struct.NAME]") else { return try TypeTable() }
        // A struct may hold others, in whatever order the file has them: each comes after those that it holds.
        var waiting = table.entries
        var layouts: [StructLayout] = []
        let names = Set(waiting.map(\.name))
        while !waiting.isEmpty {
            let before = waiting.count
            var rest: [(name: String, node: Node)] = []
            for (name, node) in waiting {
                let fields = try node.table(["fields"]).required("fields", "the fields of the struct, as in C")
                let layout: StructLayout
                do throws(EosError) {
                    layout = try SignatureParser.structure(name, fields: try fields.string(), structs: names)
                } catch {
                    throw fields.blame(error)
                }
                let held = layout.fields.compactMap { $0.type.heldStruct }
                if let unknown = held.first(where: { !names.contains($0) }) {
                    throw fields.fault("struct \(unknown) has no layout; declare it as [struct.\(unknown)]")
                }
                if held.allSatisfy({ name in layouts.contains { $0.name == name } }) {
                    layouts.append(layout)
                } else {
                    rest.append((name, node))
                }
            }
            guard rest.count < before else {
                throw rest[0].node.fault("struct \(rest[0].name) contains itself; use a pointer")
            }
            waiting = rest
        }
        do throws(EosError) {
            return try TypeTable(layouts)
        } catch {
            throw table.node.blame(error)
        }
    }

    private static func contents(_ path: String, _ shown: String) throws(EosError) -> String {
        let bytes: [UInt8]
        do throws(RegularFile.Fault) {
            // One more than is read tells a file that is too long.
            bytes = try RegularFile(path).read(atMost: mostBytes + 1)
        } catch {
            throw EosError(EOS_E_IO, "\(shown): \(error.sentence); give the path of a manifest (.toml)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EosError(EOS_E_CONFIG, "\(shown): this is not a UTF-8 text file; give a manifest in TOML")
        }
        return text
    }
}
