/// A value of a configuration, as a spec can hold it.
public enum Value: Sendable, Equatable {
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case numbers([Double])
    case strings([String])

    /// "a number", for messages.
    var kind: String {
        switch self {
        case .bool: "true or false"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .numbers: "an array of numbers"
        case .strings: "an array of strings"
        }
    }
}

extension Value: CustomStringConvertible {
    /// As a spec writes it: `0.5`, `"relu"`, `[64, 10]`.
    public var description: String {
        switch self {
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): Value.text(value)
        case .string(let value): Value.quoted(value)
        case .numbers(let values): "[" + values.map(Value.elementText).joined(separator: ", ") + "]"
        case .strings(let values): "[" + values.map(Value.quoted).joined(separator: ", ") + "]"
        }
    }

    /// TOML writes `inf` and `nan`, and wants a point or an exponent in every other float.
    private static func text(_ value: Double) -> String { "\(value)" }

    /// Whole elements read better without their ".0": `layers = [64, 100, 10]`.
    private static func elementText(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : text(value)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
