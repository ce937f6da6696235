import EosCore
import EosJSON

/// The members of a JSON object that a request carries.
struct BodySchema: Sendable {
    struct Member: Sendable {
        enum Kind: Sendable {
            case string
            case strings
        }
        let name: String
        let kind: Kind
        var isRequired = false
        let text: String
    }

    /// Of the schema in the description.
    let name: String
    var members: [Member] = []

    var isRequired: Bool { members.contains(where: \.isRequired) }

    static let nothing = BodySchema(name: "Nothing")
    /// Elements of a list, at most.
    static let mostElements = 1000
}

/// The body of a request, each member as its schema says.
struct BodyValues: Sendable {
    private var values: [String: [String]] = [:]

    /// Of a request without a body.
    init() {}

    /// - Throws: for what is no JSON, members that are not known, missing or of another type.
    init(_ bytes: some Sequence<UInt8>, _ schema: BodySchema) throws(ServiceError) {
        let json: JSONText
        do { json = try JSONText(reading: bytes) } catch {
            throw ServiceError(.badRequest, error.description, hint: "send a JSON object in UTF-8")
        }
        guard case .object(let members) = json else {
            throw ServiceError(.badRequest, "the body is not a JSON object", hint: "send {...}")
        }
        if let name = json.repeatedName {
            throw ServiceError(
                .badRequest, "the member \(quoted(String(name.prefix(100)))) occurs more than once",
                hint: "send it once")
        }
        for (name, value) in members {
            guard let member = schema.members.first(where: { $0.name == name }) else {
                let known = schema.members.map(\.name).joined(separator: ", ")
                throw ServiceError(
                    .badRequest, "the member \(quoted(String(name.prefix(100)))) is unknown",
                    hint: known.isEmpty ? "the object has no members" : "send one of: \(known)")
            }
            values[name] = try Self.check(value, member)
        }
        for member in schema.members where member.isRequired && values[member.name] == nil {
            throw ServiceError(.badRequest, "the member \"\(member.name)\" is missing", hint: "it is \(member.text)")
        }
    }

    private static func check(
        _ value: JSONText, _ member: BodySchema.Member
    ) throws(ServiceError) -> [String] {
        switch (member.kind, value) {
        case (.string, .string(let text)):
            guard !text.utf8.contains(0) else {
                throw ServiceError(.badRequest, "\"\(member.name)\" contains a zero byte", hint: "remove it")
            }
            return [text]
        case (.strings, .array(let elements)):
            guard elements.count <= BodySchema.mostElements else {
                throw ServiceError(
                    .badRequest, "\"\(member.name)\" has \(elements.count) elements",
                    hint: "send \(BodySchema.mostElements) at most")
            }
            var texts: [String] = []
            for element in elements {
                guard case .string(let text) = element, !text.utf8.contains(0) else {
                    throw wrong(element, member, " in it")
                }
                texts.append(text)
            }
            return texts
        default: throw wrong(value, member, "")
        }
    }

    private static func wrong(_ value: JSONText, _ member: BodySchema.Member, _ place: String) -> ServiceError {
        let kind = member.kind == .string ? "a string" : "a list of strings"
        return ServiceError(
            .badRequest, "\"\(member.name)\" has \(value.text.prefix(60))\(place)",
            hint: "it is \(kind), \(member.text)")
    }

    func string(_ name: String) -> String? { values[name]?.first }
    func strings(_ name: String) -> [String] { values[name] ?? [] }
}
