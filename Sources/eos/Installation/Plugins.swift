import ArgumentParser
import EosData
import EosDiscovery
import EosPluginHost

struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the plugins that are found, where, and what they take.",
        discussion: """
            Plugins are shared objects (*.so), and manifests (*.toml) that make a plugin of any library, in the \
            directories of EOS_PLUGIN_PATH, in $XDG_DATA_HOME/eos/plugins (else ~/.local/share/eos/plugins), beside this \
            program in the build tree, in lib/eos/plugins of the installation, and in /usr/local/lib/eos/plugins and \
            /usr/lib/eos/plugins, in this order: the first plugin of an id wins.

            Each is loaded by a process of its own, never by this one, and what that found is remembered until the file \
            changes. What was refused is listed with the reason, what crashed with the signal and the first lines that it \
            printed; `eos plugin explain NAME` says more. The exit status is 0 whatever plugins do.

            A file is refused that someone else than root and the user owns or may write to; so is a directory, and what \
            lies below one.

            The keys of an objective stand in the table [objective] of a spec. Those that read data take the keys data.* \
            too, which --data lists.

            --json prints one object. plugins: id, version, file, library (of a manifest), licence, toolchain, abi, \
            objectives, policies, stdout and stderr (the first lines that it printed while it was loaded). shadowed: \
            file, id, by. refused: file, reason, outcome (refused, exited, signalled, timed_out; null where the file was \
            not looked into), signal (\"SIGSEGV\"), status (that it exited with), stdout, stderr. directories: path, \
            origin. data: keys, with --data.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "List the keys data.* as well.")
    var data = false

    @Option(help: "Seconds that a file may take to be loaded.")
    var timeout = Discovery.defaultSeconds

    @Flag(help: "Look at every file anew, whatever is remembered.")
    var refresh = false

    mutating func validate() throws { try Self.check(timeout: timeout) }

    static func check(timeout: Double) throws {
        guard timeout >= 0.01, timeout <= 86400 else {
            throw ValidationError("--timeout \(timeout): it must be 0.01 to 86400 seconds")
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
                lines.append("  prints \(count) bytes while it is loaded (`eos plugin explain \(name)` shows them)")
            }
            lines.append("")
        }
        if findings.found.isEmpty { lines.append("no plugin was found") }
        for shadowed in findings.shadowed {
            lines.append("shadowed: \(shadowed.plugin.path), because \(shadowed.plugin.id) is \(shadowed.by.path)")
        }
        for refused in findings.refused {
            lines.append("refused: \(refused.error)")
            guard let probe = refused.probe else { continue }
            lines +=
                probe.error.lines(3).map { "    stderr: \($0)" } + probe.output.lines(3).map { "    stdout: \($0)" }
        }
        lines.append("looked in:")
        lines += path.directories.map { "  \($0.path)  (\($0.origin))" }
        if data {
            lines.append("")
            lines.append("data.*  the data set of an objective that takes one, in [objective.data] of a spec")
            lines += DataSchema.schema.lines(indent: "    ")
        }
        return lines
    }
}
