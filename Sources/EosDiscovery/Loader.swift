import CEos
import EosCore
import EosPluginHost

/// Loads a file that was looked at before, if it still is what was seen.
struct Loader: Sendable {
    private let discovery: Discovery
    private let plugin: PluginDescription
    private let library: String?
    private let stamps: [Stamp?]

    init(discovery: Discovery, plugin: PluginDescription, library: String?) {
        self.discovery = discovery
        self.plugin = plugin
        self.library = library
        stamps = Self.stamps(plugin, library)
    }

    func load() throws(EosError) -> any Maker {
        if Self.stamps(plugin, library) != stamps { try checkReplacement() }
        return try PluginFile.load(plugin.path)
    }

    /// Another build of the same plugin is as good; this process must not find out by itself what it is, though.
    private func checkReplacement() throws(EosError) {
        let probe = try discovery.probe(plugin.path)
        if let refusal = probe.refusal { throw refusal.within("\(plugin.path): was replaced by a file that") }
        guard probe.description == plugin else {
            throw EosError(
                EOS_E_PLUGIN,
                "\(plugin.path): the file was replaced by a plugin that offers other objectives or policies; start "
                    + "again to use it"
            )
        }
    }

    private static func stamps(_ plugin: PluginDescription, _ library: String?) -> [Stamp?] {
        [Stamp(plugin.path), library.flatMap { Stamp($0) }]
    }
}
