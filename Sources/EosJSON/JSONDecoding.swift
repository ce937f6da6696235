extension JSONText {
    /// What was written by `init(encoding:)`. Members that are not known are passed over.
    ///
    /// - Throws: `JSONFault` for a member that is missing or of another type.
    public func decoded<T: Decodable>(as type: T.Type = T.self) throws -> T {
        try Place(value: self, codingPath: []).decode(type)
    }
}

/// A value of JSON, and the way to it.
private struct Place: Decoder, SingleValueDecodingContainer {
    let value: JSONText
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func fault(_ what: String) -> JSONFault {
        let path = codingPath.map(\.stringValue).joined(separator: ".")
        return JSONFault(description: "\(path.isEmpty ? "the value" : path) \(what)")
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.members else { throw fault("is not an object") }
        if let name = value.repeatedName { throw fault("has \(name) more than once") }
        return KeyedDecodingContainer(Members(place: self, members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.array else { throw fault("is not an array") }
        return Elements(place: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { if case .null = value { true } else { false } }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let plain: Any?
        switch type {
        case is Bool.Type: plain = value.bool
        case is String.Type: plain = value.string
        case is Double.Type: plain = value.number ?? value.string.flatMap(Double.init)
        case let integer as any FixedWidthInteger.Type: plain = Self.integer(value, as: integer)
        default: return try T(from: self)
        }
        guard let result = plain as? T else { throw fault("is not \(type)") }
        return result
    }

    private static func integer<I: FixedWidthInteger>(_ value: JSONText, as type: I.Type) -> I? {
        value.integer.flatMap(I.init(exactly:)) ?? value.string.flatMap { I($0) }
    }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let place: Place
    let members: [(String, JSONText)]

    var codingPath: [any CodingKey] { place.codingPath }
    var allKeys: [Key] { members.compactMap { Key(stringValue: $0.0) } }

    private func at(_ key: any CodingKey) throws -> Place {
        guard let value = place.value[key.stringValue] else { throw place.fault("has no \(key.stringValue)") }
        return Place(value: value, codingPath: codingPath + [key])
    }

    func contains(_ key: Key) -> Bool { place.value[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try at(key).decodeNil() }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try at(key).decode(type) }
    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> { try at(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try at(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { throw place.fault("is of a class, which JSON does not have") }
    func superDecoder(forKey key: Key) throws -> any Decoder { try at(key) }
}

private struct Elements: UnkeyedDecodingContainer {
    let place: Place
    let elements: [JSONText]
    private(set) var currentIndex = 0

    init(place: Place, elements: [JSONText]) {
        self.place = place
        self.elements = elements
    }

    var codingPath: [any CodingKey] { place.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    private mutating func next() throws -> Place {
        guard !isAtEnd else { throw place.fault("has only \(elements.count) elements") }
        defer { currentIndex += 1 }
        return Place(value: elements[currentIndex], codingPath: codingPath)
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, case .null = elements[currentIndex] else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
    mutating func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type
    ) throws -> KeyedDecodingContainer<Inner> { try next().container(keyedBy: type) }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }
}
