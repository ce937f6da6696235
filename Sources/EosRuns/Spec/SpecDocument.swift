import EosCore
import EosTOML

/// The text of a spec as values for dotted keys, with what is needed to say where each came from.
struct SpecDocument {
    /// The file, as messages name it.
    let file: String
    private(set) var values: Configuration
    /// Every table that the text opens, empty ones too.
    private(set) var tables: [String] = []
    /// Of every key and table, where the file has it.
    private var places: [String: String] = [:]
    private var overridden: Set<String> = []

    /// - Throws: `EOS_E_CONFIG` with file and line for text that is not TOML or holds dates, tables in arrays or mixed
    ///   arrays.
    init(text: String, file: String) throws(EosError) {
        self.file = file
        values = Configuration()
        try collect(try Node(toml: text.utf8, file: file))
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

    /// "digits.toml:12" for a key that the file sets or whose table it opens, "--set policy.c" for an override, else
    /// "digits.toml".
    func place(of key: String) -> String {
        if overridden.contains(key) { return "\(file): --set \(key)" }
        var key = key[...]
        while places[String(key)] == nil {
            guard let dot = key.lastIndex(of: ".") else { return file }
            key = key[..<dot]
        }
        return places[String(key)]!
    }

    private mutating func collect(_ table: Node) throws(EosError) {
        for (_, node) in try table.table().entries {
            places[node.path] = node.place
            if case .table = node.kind {
                tables.append(node.path)
                try collect(node)
            } else {
                values[node.path] = try node.value()
            }
        }
    }
}

/// What a spec gives to the objective and the policy that it names, as it stands there: unchecked, without defaults.
public struct SpecKeys: Sendable {
    /// A name and the keys beside it.
    public struct Part: Sendable {
        public let name: String
        public let values: Configuration
    }

    /// nil where the spec names none.
    public let objective: Part?
    public let policy: Part?

    /// - Throws: `EOS_E_NOT_FOUND` or `EOS_E_IO` for a file that can't be read, `EOS_E_CONFIG` with file and line for one
    ///   that is not TOML.
    public init(file path: String) throws(EosError) {
        let document = try SpecDocument(text: try FileText.read(path, called: "spec", fromAnything: true), file: path)
        func part(_ table: String, _ nameKey: String) throws(EosError) -> Part? {
            guard document.values["\(table).\(nameKey)"] != nil else { return nil }
            let name: String
            do { name = try document.values.string("\(table).\(nameKey)") } catch {
                throw error.within(document.place(of: "\(table).\(nameKey)"))
            }
            var values = Configuration()
            for key in document.values.keys where key.hasPrefix("\(table).") && !SpecSchema.wholeKeys.contains(key) {
                values[String(key.dropFirst(table.count + 1))] = document.values[key]
            }
            return Part(name: name, values: values)
        }
        objective = try part("objective", "plugin")
        policy = try part("policy", "name")
    }
}

/// Where the specs of several runs differ.
public struct SpecDifference: Sendable {
    /// A key, and its value in each spec; nil: the spec does not have it.
    public typealias Row = (key: String, values: [Value?])

    /// In the order of the first spec that has the key; `name` is left out, which is meant to differ.
    public let rows: [Row]

    /// - Throws: `EOS_E_CONFIG` with the file for a text that is not TOML.
    public init(_ specs: [(text: String, file: String)]) throws(EosError) {
        var documents: [Configuration] = []
        for spec in specs { documents.append(try SpecDocument(text: spec.text, file: spec.file).values) }
        var keys: [String] = []
        for key in documents.flatMap(\.keys) where key != "name" && !keys.contains(key) { keys.append(key) }
        rows = keys.compactMap { key in
            let values = documents.map { $0[key] }
            guard values.contains(where: { $0 != values[0] }) else { return nil }
            return (key, values)
        }
    }
}
