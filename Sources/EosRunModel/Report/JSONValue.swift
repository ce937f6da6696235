import EosJSON

/// What a member of a JSON object can hold.
public protocol JSONValue: Sendable {
    static var schema: JSONText { get }
    /// nil: it is of another type.
    init?(json: JSONText)
    var json: JSONText { get }
}

extension String: JSONValue {
    public static var schema: JSONText { ["type": "string"] }
    public var json: JSONText { .string(self) }

    public init?(json: JSONText) {
        guard let value = json.string else { return nil }
        self = value
    }
}

extension Int: JSONValue {
    public static var schema: JSONText { ["type": "integer"] }
    public var json: JSONText { .integer(self) }

    public init?(json: JSONText) {
        guard let value = json.integer else { return nil }
        self = value
    }
}

extension Double: JSONValue {
    public static var schema: JSONText { ["type": "number"] }
    public var json: JSONText { .number(self) }

    public init?(json: JSONText) {
        guard let value = json.number else { return nil }
        self = value
    }
}

extension Bool: JSONValue {
    public static var schema: JSONText { ["type": "boolean"] }
    public var json: JSONText { .bool(self) }

    public init?(json: JSONText) {
        guard let value = json.bool else { return nil }
        self = value
    }
}

extension RunState: JSONValue {
    public static var schema: JSONText {
        ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })]
    }
    public var json: JSONText { .string(rawValue) }

    public init?(json: JSONText) {
        guard let state = json.string.flatMap(RunState.init(rawValue:)) else { return nil }
        self = state
    }
}

extension Optional: JSONValue where Wrapped: JSONValue {
    public static var schema: JSONText { ["type": [Wrapped.schema["type"]!, "null"]] }
    public var json: JSONText { self?.json ?? .null }

    public init?(json: JSONText) {
        if case .null = json {
            self = .none
        } else if let value = Wrapped(json: json) {
            self = value
        } else {
            return nil
        }
    }
}
