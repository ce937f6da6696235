import EosCore
import EosRuns

/// How keys are shown to people and to programs.
extension Schema {
    /// A line a key, indented: key, type, default, limits, meaning.
    func lines(indent: String) -> [String] {
        let width = parameters.map { $0.key.count }.max() ?? 0
        return parameters.map { parameter in
            let key = parameter.key + String(repeating: " ", count: width - parameter.key.count)
            return "\(indent)\(key)  \(parameter.facts): \(parameter.text)"
        }
    }

    var json: JSONText { .array(parameters.map(\.json)) }
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

    fileprivate var json: JSONText {
        var members: [(String, JSONText)] = [("key", .string(key)), ("type", .string("\(kind)"))]
        members.append(("default", defaultText.map { .string($0) } ?? .null))
        if let range {
            members.append(("minimum", .number(range.lowerBound)))
            members.append(("maximum", .number(range.upperBound)))
        }
        if let unit { members.append(("unit", .string(unit))) }
        if !choices.isEmpty { members.append(("choices", .array(choices.map { .string($0) }))) }
        members.append(("required", .bool(flags.contains(.required))))
        members.append(("auto", .bool(flags.contains(.auto))))
        members.append(("live", .bool(flags.contains(.live))))
        members.append(("text", .string(text)))
        return .object(members)
    }
}
