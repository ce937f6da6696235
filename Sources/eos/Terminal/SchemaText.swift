import EosCore

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
