import CEos

/// The keys that something takes.
public struct Schema: Sendable, Hashable, Codable {
    public var parameters: [Parameter]

    public init(_ parameters: [Parameter]) { self.parameters = parameters }

    public static func + (left: Schema, right: Schema) -> Schema { Schema(left.parameters + right.parameters) }

    /// Checks every value and fills in the defaults. The result has the schema's keys in the schema's order; "auto"
    /// becomes NaN.
    ///
    /// - Parameter owner: what takes the keys, for messages: "policy nls".
    /// - Throws: `EOS_E_CONFIG` for an unknown key (naming the nearest one), a wrong type, a value out of range or a
    ///   required key that is missing.
    public func resolve(_ given: Configuration, for owner: String) throws(EosError) -> Configuration {
        for key in given.keys where !parameters.contains(where: { $0.key == key }) {
            throw unknown(key, owner: owner)
        }
        var result = Configuration(capacity: parameters.count)
        for parameter in parameters {
            if let value = given[parameter.key] {
                result[parameter.key] = try parameter.accept(value, owner: owner)
            } else if let value = parameter.defaultValue {
                result[parameter.key] = value
            } else if let text = parameter.defaultText {
                result[parameter.key] = try parameter.acceptText(text, owner: owner)
            } else if parameter.flags.contains(.required) {
                throw EosError(
                    EOS_E_CONFIG,
                    "\(owner): \(parameter.key) is missing; set it to \(parameter.kind.text): \(parameter.text)")
            }
        }
        return result
    }

    private func unknown(_ key: String, owner: String) -> EosError {
        let keys = parameters.map(\.key)
        var message = "\(owner): unknown key \(key)"
        if let near = nearest(to: key, in: keys) {
            message += "; did you mean \(near)?"
        } else if keys.isEmpty {
            message += "; it has no keys"
        } else {
            message += "; its keys are \(keys.joined(separator: ", "))"
        }
        return EosError(EOS_E_CONFIG, message)
    }
}
