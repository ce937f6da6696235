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
