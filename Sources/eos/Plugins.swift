import ArgumentParser
import EosCore
import EosData
import EosPluginHost
import EosRuns

struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the plugins that are found, where, and what they take.",
        discussion: """
            Plugins are shared objects (*.so) in the directories of EOS_PLUGIN_PATH, in $XDG_DATA_HOME/eos/plugins (else \
            ~/.local/share/eos/plugins), beside this program in the build tree and in lib/eos/plugins of the \
            installation, in this order: the first plugin of an id wins. What was refused is listed with the reason.

            The keys of an objective stand in the table [objective] of a spec. Those that read data take the keys data.* \
            too, which --data lists.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "List the keys data.* as well.")
    var data = false

    func run() {
        let path = PluginSearchPath.standard()
        let findings = Workbench(path).findings
        Console.print(json ? describe(findings, path).text : lines(findings, path).joined(separator: "\n"))
    }

    private func lines(_ findings: PluginSearchPath.Findings, _ path: PluginSearchPath) -> [String] {
        var lines: [String] = []
        for plugin in findings.catalogue.plugins {
            let builder = plugin.toolchain.map { ", built by \($0)" } ?? ""
            lines.append("\(plugin.id) \(plugin.version)  \(plugin.path)  (\(plugin.licence)\(builder))")
            for offer in plugin.objectives + plugin.policies {
                let own = offer.lines(indent: "    ")
                lines.append("  \(offer.kind.name)")
                lines += own
                if offer.usesData { lines.append("        data.*  (eos plugins --data lists them)") }
            }
            lines.append("")
        }
        if findings.catalogue.plugins.isEmpty { lines.append("no plugin was found") }
        for shadowed in findings.shadowed {
            lines.append("shadowed: \(shadowed.plugin.path), because \(shadowed.plugin.id) is \(shadowed.by.path)")
        }
        for refused in findings.refused { lines.append("refused: \(refused.error)") }
        lines.append("looked in:")
        lines += path.directories.map { "  \($0.path)  (\($0.origin))" }
        if data {
            lines.append("")
            lines.append("data.*  the data set of an objective that takes one, in [objective.data] of a spec")
            lines += DataSchema.schema.lines(indent: "    ")
        }
        return lines
    }

    private func describe(_ findings: PluginSearchPath.Findings, _ path: PluginSearchPath) -> JSONText {
        var members: [(String, JSONText)] = [
            ("plugins", .array(findings.catalogue.plugins.map(describe))),
            (
                "shadowed",
                .array(
                    findings.shadowed.map {
                        ["file": .string($0.plugin.path), "id": .string($0.plugin.id), "by": .string($0.by.path)]
                    })
            ),
            (
                "refused",
                .array(findings.refused.map { ["file": .string($0.path), "reason": .string($0.error.message)] })
            ),
            (
                "directories",
                .array(path.directories.map { ["path": .string($0.path), "origin": .string($0.origin)] })
            ),
        ]
        if data { members.append(("data", DataSchema.schema.json)) }
        return .object(members)
    }

    private func describe(_ plugin: PluginDescription) -> JSONText {
        [
            "id": .string(plugin.id), "version": .string(plugin.version), "file": .string(plugin.path),
            "licence": .string(plugin.licence), "toolchain": plugin.toolchain.map { .string($0) } ?? .null,
            "abi": plugin.abi.map { .string("\($0)") } ?? .null,
            "objectives": .array(plugin.objectives.map { $0.json(schema: $0.ownSchema) }),
            "policies": .array(plugin.policies.map { $0.json(schema: $0.ownSchema) }),
        ]
    }
}
