import EosCore
import EosRunModel
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
