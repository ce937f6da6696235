/// Looking into JSON that was read: nil for what is not there or of another type.
extension JSONText {
    public subscript(name: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == name }?.1
    }

    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    public var integer: Int? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var array: [JSONText]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    public var members: [(String, JSONText)]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}
