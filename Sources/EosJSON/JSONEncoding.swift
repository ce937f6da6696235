extension JSONText {
    /// A record of the program's own, as its properties are declared. Numbers that JSON does not have are the strings
    /// "inf", "-inf" and "nan"; integers beyond 64 bits with a sign are strings, too.
    public init(encoding value: some Encodable) throws {
        let slot = Slot()
        try slot.put(value)
        self = slot.json
    }
}

/// Where a value is written to, once or piece by piece.
private final class Slot: Encoder, SingleValueEncodingContainer {
    private enum Content {
        case value(JSONText)
        case members([(String, Slot)])
        case elements([Slot])
    }

    private var content = Content.value(.null)
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    var json: JSONText {
        switch content {
        case .value(let value): value
        case .members(let members): .object(members.map { ($0.0, $0.1.json) })
        case .elements(let elements): .array(elements.map(\.json))
        }
    }

    func put<T: Encodable>(_ value: T) throws {
        switch value {
        case let value as Bool: content = .value(.bool(value))
        case let value as String: content = .value(.string(value))
        case let value as Double: content = .value(value.isFinite ? .number(value) : .string("\(value)"))
        case let value as any FixedWidthInteger:
            content = .value(Int(exactly: value).map { .integer($0) } ?? .string("\(value)"))
        default: try value.encode(to: self)
        }
    }

    func member(_ name: String) -> Slot {
        var members: [(String, Slot)] = []
        if case .members(let known) = content { members = known }
        let slot = Slot()
        members.append((name, slot))
        content = .members(members)
        return slot
    }

    func element() -> Slot {
        var elements: [Slot] = []
        if case .elements(let known) = content { elements = known }
        let slot = Slot()
        elements.append(slot)
        content = .elements(elements)
        return slot
    }

    var elementCount: Int { if case .elements(let elements) = content { elements.count } else { 0 } }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .value = content { content = .members([]) }
        return KeyedEncodingContainer(Members(slot: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .value = content { content = .elements([]) }
        return Elements(slot: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { content = .value(.null) }
    func encode<T: Encodable>(_ value: T) throws { try put(value) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { slot.member(key.stringValue).encodeNil() }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try slot.member(key.stringValue).put(value) }
    func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
        slot.member(key.stringValue).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        slot.member(key.stringValue).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { slot }
    func superEncoder(forKey key: Key) -> any Encoder { slot.member(key.stringValue) }
}

private struct Elements: UnkeyedEncodingContainer {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }
    var count: Int { slot.elementCount }

    func encodeNil() { slot.element().encodeNil() }
    func encode<T: Encodable>(_ value: T) throws { try slot.element().put(value) }
    func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
        slot.element().container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { slot.element().unkeyedContainer() }
    func superEncoder() -> any Encoder { slot.element() }
}
