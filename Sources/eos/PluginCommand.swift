import ArgumentParser

struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Look at one plugin or manifest.",
        subcommands: [PluginCheck.self, PluginExplain.self])
}
