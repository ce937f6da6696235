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
    var verdict: String { refusal?.message ?? "is a valid plugin" }
}

/// How keys are shown to people.
extension Schema {
    /// A line a key, indented: key, type, default, limits, meaning.
    func lines(indent: String) -> [String] {
        let width = parameters.map { $0.key.count }.max() ?? 0
        return parameters.map { parameter in
            let key = parameter.key + String(repeating: " ", count: width - parameter.key.count)
            return "\(indent)\(key)  \(parameter.facts): \(parameter.text)"
        }
    }
}

extension Parameter {
    private var kindName: String {
        switch kind {
        case .bool: "true or false"
        case .integer: "integer"
        case .number: flags.contains(.auto) ? "number or \"auto\"" : "number"
        case .string: choices.isEmpty ? "string" : choices.joined(separator: " | ")
        case .numbers: "numbers"
        case .strings: "strings"
        }
    }

    /// "number, 0 to 1, default 1e-4".
    fileprivate var facts: String {
        var facts = [kindName]
        if range != nil { facts.append(rangeText) }
        if let unit { facts.append("in \(unit)") }
        if flags.contains(.required) { facts.append("required") }
        if let defaultText { facts.append("default \(defaultText.isEmpty ? "\"\"" : defaultText)") }
        return facts.joined(separator: ", ")
    }
}
