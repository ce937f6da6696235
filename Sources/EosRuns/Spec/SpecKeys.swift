import EosCore

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
