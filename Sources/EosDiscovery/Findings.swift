import EosCore
import EosPluginHost

/// What a scan of the search path found.
public struct Findings: Sendable {
    /// A file that is used.
    public struct Found: Sendable {
        public let plugin: PluginDescription
        public let probe: Probe
    }
    public struct Refusal: Sendable {
        /// As it was found; a directory where that was refused.
        public let path: String
        /// Begins with the path.
        public let error: EosError
        /// nil where it was not even looked into.
        public let probe: Probe?
    }
    public struct Shadowing: Sendable {
        public let plugin: PluginDescription
        /// The one that has its id.
        public let by: PluginDescription
    }

    /// Makes what was found, each loaded when something of it is made for the first time.
    public internal(set) var catalogue = Catalogue()
    public internal(set) var found: [Found] = []
    public internal(set) var refused: [Refusal] = []
    public internal(set) var shadowed: [Shadowing] = []
    /// Why no file could be looked into, where that is so.
    public internal(set) var problem: EosError?

    /// Why nothing is made of a file; nil where it is used.
    ///
    /// - Parameter file: absolute, without links.
    public func disuse(of file: String) -> String? {
        if found.contains(where: { $0.plugin.path == file }) { return nil }
        if let shadowing = shadowed.first(where: { $0.plugin.path == file }) {
            return "\(shadowing.by.path) has the same id \(shadowing.plugin.id)"
        }
        if let refusal = refused.first(where: { resolved($0.path) == file }) { return refusal.error.message }
        return "it is not on the search path"
    }
}

/// The name of a plugin's file without what files have in common: "mlp" of "/x/libeos-plugin-mlp.so".
public func stem(of path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? path
    for suffix in [".so", ".toml"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    for prefix in ["libeos-plugin-", "lib"] where name.hasPrefix(prefix) && name.count > prefix.count {
        name.removeFirst(prefix.count)
        break
    }
    return name
}
