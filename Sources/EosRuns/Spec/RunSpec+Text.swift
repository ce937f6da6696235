import EosCore

extension RunSpec {
    /// The spec as TOML, complete: reading it gives an equal spec.
    public var text: String {
        var text = "name = \(Value.string(name))\n"
        for table in SpecSchema.sections.map(\.table) where !table.isEmpty {
            let taken = ["objective": objective, "policy": policy][table] ?? Configuration()
            text += Self.table(table, tables[table]!, taken)
        }
        return text
    }

    /// One table with its own keys, then the tables inside it.
    private static func table(_ name: String, _ parts: Configuration...) -> String {
        var text = "\n[\(name)]\n"
        var inner: [String] = []
        for part in parts {
            for key in part.keys {
                guard let dot = key.firstIndex(of: ".") else {
                    text += "\(key) = \(written(part[key]!))\n"
                    continue
                }
                if !inner.contains(String(key[..<dot])) { inner.append(String(key[..<dot])) }
            }
        }
        for table in inner {
            text += parts.filter { part in part.keys.contains { $0.hasPrefix(table + ".") } }
                .map { Self.table("\(name).\(table)", $0.table(table)) }.joined()
        }
        return text
    }

    /// A missing number is what "auto" reads as.
    private static func written(_ value: Value) -> String {
        if case .number(let number) = value, number.isNaN { return "\"auto\"" }
        return value.description
    }
}

extension RunSpec {
    /// What a spec calls its run; nil: it does not say. Nothing else of it is looked at.
    ///
    /// - Throws: `EOS_E_CONFIG` with file and line for a text that is not TOML.
    public static func name(inText text: String, file: String) throws(EosError) -> String? {
        let document = try SpecDocument(text: text, file: file)
        return document.values["name"] == nil ? nil : try document.values.string("name")
    }

    /// The text of a spec that is handed on as it is.
    ///
    /// - Throws: `EOS_E_NOT_FOUND`, `EOS_E_IO`, or `EOS_E_CONFIG` where the file is no text.
    public static func text(inFile path: String) throws(EosError) -> String {
        try FileText.read(path, called: "spec", fromAnything: true)
    }
}
