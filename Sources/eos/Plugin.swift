import ArgumentParser

/// What is done with one plugin.
struct PluginGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Look at one plugin.", subcommands: [PluginCheck.self, PluginExplain.self])
}
