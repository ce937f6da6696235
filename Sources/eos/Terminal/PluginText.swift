import EosCore
import EosDiscovery
import EosPluginHost

/// How plugins and what became of their files are shown to people.
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
}

extension Probe {
    /// "is a plugin", or why not.
    var verdict: String { refusal?.message ?? "is a plugin that can be used" }
}
