import EosCore
import EosPluginHost
import EosTOML

/// The keys that a manifest offers to specs: `[objective.parameters.size]`.
enum ParameterTable {
    private static let kinds: [(name: String, kind: Parameter.Kind)] = [
        ("bool", .bool), ("integer", .integer), ("number", .number), ("string", .string), ("numbers", .numbers),
    ]

    static func read(_ node: Node) throws(EosError) -> [Parameter] {
        var parameters: [Parameter] = []
        // In the order of their names: that of the text says nothing.
        let entries = try node.table("tables [objective.parameters.NAME]").entries.sorted { $0.name < $1.name }
        for (key, node) in entries {
            guard Identifier.isKey(key), !key.hasPrefix("data") else {
                throw node.fault(
                    "the name of a parameter has lower case letters and underscores, and is not data; choose another "
                        + "name"
                )
            }
            guard !["dtype", "plugin"].contains(key) else {
                throw node.fault("\(key) is a key of eos; choose another name")
            }
            parameters.append(try read(key, node))
        }
        return parameters
    }

    private static func read(_ key: String, _ node: Node) throws(EosError) -> Parameter {
        let table = try node.table(["type", "default", "minimum", "maximum", "unit", "choices", "text"])
        let type = try table.required("type", "one of \(kinds.map(\.name).joined(separator: ", "))")
        let name = try type.string()
        guard let kind = kinds.first(where: { $0.name == name })?.kind else {
            throw type.fault("unknown type \(name)\(hint(name, kinds.map(\.name)))")
        }
        let isNumber = kind == .integer || kind == .number || kind == .numbers
        for name in ["minimum", "maximum"] where !isNumber {
            if let node = table[name] {
                throw node.fault("limits are allowed only for numbers, but the type is \(type.kind.text); remove them")
            }
        }
        var choices: [String] = []
        for choice in try table["choices"]?.array() ?? [] { choices.append(try choice.string()) }
        if let node = table["choices"], kind != .string {
            throw node.fault("choices are allowed only for a string; remove them")
        }
        let low = try table["minimum"]?.number() ?? -.infinity
        let high = try table["maximum"]?.number() ?? .infinity
        guard low <= high else { throw node.fault("the minimum \(low) is above the maximum \(high); swap them") }
        var parameter = Parameter(
            key, kind, range: table["minimum"] == nil && table["maximum"] == nil ? nil : low...high,
            unit: try table["unit"]?.string(), choices: choices, try table["text"]?.string() ?? "")
        if let given = table["default"] {
            let value = try given.value()
            do throws(EosError) {
                parameter.defaultText = try parameter.accept(value, owner: "default").description
            } catch {
                throw given.blame(error)
            }
        } else {
            parameter.flags = .required
        }
        return parameter
    }
}
