import EosJSON

/// A value that is one JSON object, as its fields say: they are how it is written, read and described.
public protocol JSONRecord: Sendable {
    static var fields: JSONFields<Self> { get }
    /// Where reading begins: what is missing stays as it is here.
    static var blank: Self { get }
}

/// A member of a JSON object that stands for a value: "loss.last" is the member `last` of the member `loss`.
public struct JSONField<Root: Sendable>: Sendable {
    public let name: String
    /// What it says, as JSON Schema.
    public let schema: JSONText
    let get: @Sendable (Root) -> JSONText
    let set: @Sendable (inout Root, JSONText) -> Void

    public init(
        _ name: String, schema: JSONText, get: @escaping @Sendable (Root) -> JSONText,
        set: @escaping @Sendable (inout Root, JSONText) -> Void
    ) {
        self.name = name
        self.schema = schema
        self.get = get
        self.set = set
    }

    /// - Parameter text: what it means; empty: its name says it.
    public init<Value: JSONValue>(
        _ name: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ text: String = ""
    ) {
        self.init(name, schema: Value.schema.described(text), get: { $0[keyPath: path].json }) { root, json in
            if let value = Value(json: json) { root[keyPath: path] = value }
        }
    }

    /// The same member of something that holds the value.
    public func inside<Outer>(_ path: WritableKeyPath<Outer, Root> & Sendable) -> JSONField<Outer> {
        JSONField<Outer>(name, schema: schema, get: { get($0[keyPath: path]) }) { set(&$0[keyPath: path], $1) }
    }
}

extension JSONField {
    /// Numbers of a run, under their names or where reports have them.
    static func numbers(
        _ path: WritableKeyPath<Root, RunNumbers> & Sendable, _ columns: [RunColumn], named name: (RunColumn) -> String
    ) -> [JSONField] {
        columns.map { column in
            JSONField(name(column), schema: column.schema, get: { $0[keyPath: path][json: column] }) {
                $0[keyPath: path][json: column] = $1
            }
        }
    }
}

/// The fields of a record, in order. Those whose names begin alike are members of one object.
public struct JSONFields<Root: Sendable>: Sendable {
    private typealias Group = (name: String, fields: [(name: String, field: JSONField<Root>)])

    public let all: [JSONField<Root>]
    private let groups: [Group]
    /// The members of a record inside of this one, which come first.
    private let inner: (@Sendable (Root) -> [(String, JSONText)])?

    public init(_ fields: [JSONField<Root>]) {
        all = fields
        groups = Self.grouped(fields)
        inner = nil
    }

    public init<Inner: JSONRecord>(
        those path: WritableKeyPath<Root, Inner> & Sendable, and fields: [JSONField<Root>]
    ) {
        all = Inner.fields.all.map { $0.inside(path) } + fields
        groups = Self.grouped(fields)
        inner = { Inner.fields.members(of: $0[keyPath: path]) }
    }

    func members(of root: Root) -> [(String, JSONText)] {
        (inner?(root) ?? [])
            + groups.map { group in
                guard group.fields.count > 1 else { return (group.name, group.fields[0].field.get(root)) }
                return (group.name, .object(group.fields.map { ($0.name, $0.field.get(root)) }))
            }
    }

    /// As JSON Schema: every member is there.
    var schema: JSONText {
        func object(_ members: [(String, JSONText)]) -> JSONText {
            [
                "type": "object", "properties": .object(members), "required": .array(members.map { .string($0.0) }),
            ]
        }
        return object(
            Self.grouped(all).map { group in
                guard group.fields.count > 1 else { return (group.name, group.fields[0].field.schema) }
                return (group.name, object(group.fields.map { ($0.name, $0.field.schema) }))
            })
    }

    /// "name  meaning", a line a field, for help.
    public var help: String {
        let width = all.map(\.name.count).max() ?? 0
        return all.map { field in
            let text = field.schema["description"]?.string ?? ""
            let space = String(repeating: " ", count: text.isEmpty ? 0 : width + 2 - field.name.count)
            return "  \(field.name)\(space)\(text)"
        }.joined(separator: "\n")
    }

    private static func grouped(_ fields: [JSONField<Root>]) -> [Group] {
        var groups: [Group] = []
        for field in fields {
            let parts = field.name.split(separator: ".", maxSplits: 1).map(String.init)
            if let index = groups.firstIndex(where: { $0.name == parts[0] }) {
                groups[index].fields.append((parts.last!, field))
            } else {
                groups.append((parts[0], [(parts.last!, field)]))
            }
        }
        return groups
    }
}

extension JSONRecord {
    public var json: JSONText { .object(Self.fields.members(of: self)) }
    public static var schema: JSONText { fields.schema }

    /// Reads what `json` wrote; nothing is said of members that are missing or strange.
    public init(json: JSONText) {
        self = Self.blank
        for field in Self.fields.all {
            let value = field.name.split(separator: ".").reduce(Optional(json)) { $0?[String($1)] }
            if let value { field.set(&self, value) }
        }
    }
}

extension JSONText {
    /// A schema with a sentence of what it stands for.
    public func described(_ text: String) -> JSONText {
        guard case .object(let members) = self, !text.isEmpty else { return self }
        return .object(members + [("description", .string(text))])
    }
}
