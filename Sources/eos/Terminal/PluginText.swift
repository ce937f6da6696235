import EosCore
import EosDiscovery
import EosPluginHost
import EosRuns

/// How plugins and what became of their files are shown to people and to programs.
extension PluginDescription {
    /// What it is, then what it offers and the keys of that.
    var lines: [String] {
        let builder = toolchain.map { ", built by \($0)" } ?? ""
        let calls = library.map { ", calls \($0)" } ?? ""
        var lines = ["\(id) \(version)  \(path)  (\(licence)\(builder)\(calls))"]
        for offer in offers {
            lines.append("  \(offer.kind.name)")
            lines += offer.lines(indent: "    ")
            if offer.usesData { lines.append("        data.*  (eos plugins --data lists them)") }
        }
        return lines
    }

    var json: JSONText { .object(members) }

    var members: [(String, JSONText)] {
        [
            ("id", .string(id)), ("version", .string(version)), ("file", .string(path)),
            ("library", library.map { .string($0) } ?? .null), ("licence", .string(licence)),
            ("toolchain", toolchain.map { .string($0) } ?? .null),
            ("abi", abi.map { .string("\($0)") } ?? .null),
            ("objectives", .array(objectives.map { $0.json(schema: $0.ownSchema) })),
            ("policies", .array(policies.map { $0.json(schema: $0.ownSchema) })),
        ]
    }
}

extension Probe {
    /// "is a plugin", or why not.
    var verdict: String { refusal?.message ?? "is a plugin that can be used" }

    /// The word of `--json`.
    var kind: String {
        switch outcome {
        case .described: "described"
        case .refused: "refused"
        case .exited: "exited"
        case .signalled: "signalled"
        case .timedOut: "timed_out"
        }
    }

    /// The first lines that the file printed.
    var printed: [(String, JSONText)] {
        [
            ("stdout", .array(output.lines(5).map { .string($0) })),
            ("stderr", .array(error.lines(5).map { .string($0) })),
        ]
    }
}

extension Probe? {
    /// How it ended. Of a file that was not looked into: nothing but nulls.
    var facts: [(String, JSONText)] {
        var status = JSONText.null
        if case .exited(let number)? = self?.outcome { status = .integer(Int(number)) }
        return [
            ("outcome", self.map { .string($0.kind) } ?? .null),
            ("reason", self?.refusal.map { .string($0.message) } ?? .null),
            ("signal", self?.signal.map { .string($0.name) } ?? .null), ("status", status),
        ]
    }
}
