import EosCore

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
