import EosCore

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
