import EosJSON

/// One request to eosd.
public struct APIRequest: Sendable {
    public var method: String
    /// With the query, as it is sent: `/v1/runs?limit=10`.
    public var target: String
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8]?

    public init(_ method: String, _ target: String) {
        self.method = method
        self.target = target
    }

    public static func get(_ path: String, _ query: [(String, String)] = []) -> APIRequest {
        let words = query.map { "\(escaped($0))=\(escaped($1))" }
        return APIRequest("GET", words.isEmpty ? path : path + "?" + words.joined(separator: "&"))
    }

    public static func post(_ path: String, _ body: JSONText = .object([])) -> APIRequest {
        var request = APIRequest("POST", path)
        request.headers = [("Content-Type", "application/json")]
        request.body = Array(body.text.utf8)
        return request
    }

    /// `text` as part of a path or a query (RFC 3986): everything but unreserved characters in percent.
    public static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
                return String(character)
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "%0" + digits : "%" + digits
        }.joined()
    }
}

/// What eosd answered.
public struct APIResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public subscript(header: String) -> String? {
        headers.first { $0.name.lowercased() == header.lowercased() }?.value
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
}
