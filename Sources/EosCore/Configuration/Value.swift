/// A value of a configuration, as a spec can hold it.
public enum Value: Sendable, Equatable {
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case numbers([Double])
    case strings([String])

    /// The type of a parameter that takes it as it is.
    var kind: Parameter.Kind {
        switch self {
        case .bool: .bool
        case .integer: .integer
        case .number: .number
        case .string: .string
        case .numbers: .numbers
        case .strings: .strings
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
        case .string(let value): quoted(value)
        case .numbers(let values): "[" + values.map(Value.elementText).joined(separator: ", ") + "]"
        case .strings(let values): "[" + values.map(quoted).joined(separator: ", ") + "]"
        }
    }

    /// TOML writes `inf` and `nan`, and wants a point or an exponent in every other float.
    private static func text(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }

    /// Whole elements read better without their ".0": `layers = [64, 100, 10]`.
    private static func elementText(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : text(value)
    }
}
