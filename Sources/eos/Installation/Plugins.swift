import ArgumentParser
import EosData
import EosDiscovery
import EosPluginHost

struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the installed plugins and their keys.",
        discussion: """
            A plugin is a shared object (*.so), or a manifest (*.toml) that makes a plugin of any library. eos \
            searches these directories in this order, and the first plugin with an id wins:

              1. the directories of EOS_PLUGIN_PATH
              2. $XDG_DATA_HOME/eos/plugins, by default ~/.local/share/eos/plugins
              3. the directory of this program, in the build tree
              4. lib/eos/plugins of the installation
              5. /usr/local/lib/eos/plugins and /usr/lib/eos/plugins

            Another process loads each plugin, and eos caches what it found until the file changes. If a file is \
            refused, the list gives the reason. If it crashed, the list gives the signal and the first lines that it \
            printed. `eos plugin explain NAME` says more. The exit status is 0 even if plugins fail.

            eos refuses a file that anyone but root and the user owns or may write to. The same holds for directories \
            and everything below them.

            Set the keys of an objective in the table [objective] of a spec. Objectives that read data also accept the \
            keys data.*, which --data lists.

            --json prints one object with these members. plugins: id, version, file, library (for a manifest), \
            licence, toolchain, abi, objectives, policies, stdout and stderr (the first lines that it printed when it \
            was loaded). shadowed: file, id, by. refused: file, reason, outcome (refused, exited, signalled, \
            timed_out; null if the file was not inspected), signal ("SIGSEGV"), status (the exit status), stdout, \
            stderr. directories: path, origin. data: the keys, with --data.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Also list the keys data.*.")
    var data = false

    @Option(help: "Time limit for loading one file, in seconds.")
    var timeout = Discovery.defaultSeconds

    @Flag(help: "Inspect every file again and ignore the cache.")
    var refresh = false

    mutating func validate() throws { try Self.check(timeout: timeout) }

    static func check(timeout: Double) throws {
        guard timeout >= 0.01, timeout <= 86400 else {
            throw ValidationError("--timeout is \(timeout); give 0.01 to 86400 seconds")
        }
    }

    func run() throws {
        let discovery = Discovery(seconds: timeout, refresh: refresh)
        let findings = discovery.scan()
        let path = discovery.path
        try Console.print(
            json ? findings.json(path: path, data: data).text : lines(findings, path).joined(separator: "\n"))
    }

    private func lines(_ findings: Findings, _ path: PluginSearchPath) -> [String] {
        var lines: [String] = []
        for found in findings.found {
            lines += found.plugin.lines
            let count = found.probe.output.total + found.probe.error.total
            if count > 0 {
                let name = stem(of: found.plugin.path)
                lines.append("  printed \(count) bytes when it was loaded; `eos plugin explain \(name)` shows them")
            }
            lines.append("")
        }
        if findings.found.isEmpty { lines.append("no plugin was found") }
        for shadowed in findings.shadowed {
            lines.append(
                "shadowed: \(shadowed.plugin.path), because \(shadowed.by.path) has the same id \(shadowed.plugin.id)")
        }
        for refused in findings.refused {
            lines.append("refused: \(refused.error)")
            guard let probe = refused.probe else { continue }
            lines +=
                probe.error.lines(3).map { "    stderr: \($0)" } + probe.output.lines(3).map { "    stdout: \($0)" }
        }
        lines.append("searched:")
        lines += path.directories.map { "  \($0.path)  (\($0.origin))" }
        if data {
            lines.append("")
            lines.append("data.*  the data set of an objective, in [objective.data] of a spec")
            lines += DataSchema.schema.lines(indent: "    ")
        }
        return lines
    }
}
