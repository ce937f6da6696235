import ArgumentParser
import CEos
import EosCore
import EosDiscovery
import EosJSON
import EosPluginHost
import EosProcesses

struct PluginExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what a plugin or manifest offers, why it is refused and what it printed.",
        discussion: """
            NAME is a file, the name of a file on the search path (segv for segv.so), or the id or short name of a \
            plugin or of an objective or policy that it offers. The command inspects the file again, in another \
            process. It does not inspect a file that it has found by name and does not trust.

            --json prints one object with these members: file, target (the file without links), directory and origin \
            (null if the file is not on the search path), trusted, distrust (the reason, or null), remembered (the \
            cached outcome, or null), cache (the path of the cache entry), used, unused_because (null if the file is \
            used), outcome (described, refused, exited, signalled, timed_out, or null), reason, signal, usual_cause, \
            status, seconds, stdout and stderr (each with text and bytes), explanation (for a manifest), and plugin \
            (as in `eos plugins --json`, or null).
            """)

    @Argument(
        help: ArgumentHelp("A file or a name.", valueName: "name"), completion: .file(extensions: ["so", "toml"]))
    var name: String

    @Option(help: "Time limit for loading the file, in seconds.")
    var timeout = Discovery.defaultSeconds

    @Flag(help: "Print JSON.")
    var json = false

    mutating func validate() throws { try Plugins.check(timeout: timeout) }

    func run() throws {
        var discovery = Discovery(seconds: timeout)
        let subject = try fromUser { () throws(EosError) in try Subject(name, discovery) }
        let remembered = discovery.remembered(subject.target)
        discovery.refresh = true
        let probe = subject.mayRun ? try discovery.probe(subject.target) : nil
        let entry = discovery.cache?.entryPath(of: subject.target)
        discovery.refresh = false
        let disuse = discovery.scan().disuse(of: subject.target)
        if json {
            try Console.print(subject.json(probe, remembered: remembered, entry: entry, disuse: disuse).text)
        } else {
            try Console.print(
                subject.lines(probe, remembered: remembered, entry: entry, disuse: disuse).joined(separator: "\n"))
        }
    }
}

extension PluginExplain {
    /// The file that is meant, and whether it may be trusted.
    fileprivate struct Subject {
        let file: String
        /// Absolute, without links.
        let target: String
        /// Where it was found; nil for a file that was named.
        let directory: PluginSearchPath.Directory?
        let distrust: EosError?

        /// A name leads to what lies there, whoever put it there; a path is the user's word.
        var mayRun: Bool { distrust == nil || directory == nil }

        init(_ name: String, _ discovery: Discovery) throws(EosError) {
            let (file, directory) = try discovery.file(named: name)
            guard let target = resolved(file) else {
                throw EosError(EOS_E_NOT_FOUND, "\(file) does not exist; check the path")
            }
            self.file = file
            self.target = target
            self.directory = directory
            do throws(EosError) {
                _ = try Trust().check(file: file)
                distrust = nil
            } catch {
                distrust = error
            }
        }

        func lines(_ probe: Probe?, remembered: Probe?, entry: String?, disuse: String?) -> [String] {
            var rows: [(String, String)] = [("file", file)]
            if target != file { rows.append(("is", target)) }
            if let directory { rows.append(("found", "in \(directory.path) (\(directory.origin))")) }
            rows.append(("trust", distrust.map { "refused: \($0)" } ?? "its owner and permissions are safe"))
            rows.append(("remembered", remembered.map { "\($0.verdict) (\(entry ?? ""))" } ?? "nothing"))
            guard let probe else {
                rows.append(("now", "not inspected, because it is not trusted; to inspect it anyway, give its path"))
                return table(rows)
            }
            rows.append(("now", "\(probe.verdict), after \(seconds(probe.seconds))"))
            if !probe.isCrash { rows.append(("used", disuse.map { "no: \($0)" } ?? "yes")) }
            if let signal = probe.signal {
                if let cause = signal.usualCause { rows.append(("usually", cause)) }
                let worker = (try? WorkerProgram.path()) ?? "eos-worker"
                rows.append(("to see where", "gdb -ex run -ex backtrace --args \(worker) --probe \(target)"))
            }
            var lines = table(rows)
            lines += printed("stdout", probe.output) + printed("stderr", probe.error)
            if let explanation = probe.explanation { lines += ["", explanation] }
            if let plugin = probe.description { lines += [""] + plugin.lines }
            return lines
        }

        private func table(_ rows: [(String, String)]) -> [String] {
            let width = rows.map(\.0.count).max() ?? 0
            return rows.map { $0 + String(repeating: " ", count: width - $0.count) + "  " + $1 }
        }

        private func printed(_ name: String, _ text: Probe.Text) -> [String] {
            guard text.total > 0 else { return ["\(name)  nothing was printed"] }
            let cut = text.total > text.beginning.utf8.count ? ", beginning with" : ""
            return ["\(name)  \(text.total) bytes\(cut):"] + text.lines().map { "  | \($0)" }
        }

        func json(_ probe: Probe?, remembered: Probe?, entry: String?, disuse: String?) -> JSONText {
            var members: [(String, JSONText)] = [
                ("file", .string(file)), ("target", .string(target)),
                ("directory", directory.map { .string($0.path) } ?? .null),
                ("origin", directory.map { .string($0.origin) } ?? .null), ("trusted", .bool(distrust == nil)),
                ("distrust", distrust.map { .string($0.message) } ?? .null),
                ("remembered", remembered.map { .string($0.kind) } ?? .null),
                ("cache", entry.map { .string($0) } ?? .null), ("used", .bool(disuse == nil)),
                ("unused_because", disuse.map { .string($0) } ?? .null),
            ]
            members += probe.facts
            members.append(("seconds", probe.map { .number($0.seconds) } ?? .null))
            for (name, text) in [("stdout", probe?.output), ("stderr", probe?.error)] {
                members.append(
                    (name, text.map { ["text": .string($0.beginning), "bytes": .integer($0.total)] } ?? .null))
            }
            members.append(("usual_cause", probe?.signal?.usualCause.map { .string($0) } ?? .null))
            members.append(("explanation", probe?.explanation.map { .string($0) } ?? .null))
            members.append(("plugin", probe?.description.map { .object($0.members) } ?? .null))
            return .object(members)
        }
    }
}

private func seconds(_ number: Double) -> String { "\((number * 1000).rounded() / 1000) s" }
