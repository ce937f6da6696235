import Foundation

/// What may stand behind the '?' of a path.
struct QueryParameter: Sendable {
    enum Kind: Sendable {
        case integer(ClosedRange<Int>)
        case text
        /// Words with commas between them.
        case words([String])
        /// A whole number from 0 on, or `last`.
        case sequence
    }
    let name: String
    let kind: Kind
    let text: String
    /// nil: there is none.
    var defaultValue: Int?

    init(_ name: String, _ kind: Kind, default defaultValue: Int? = nil, _ text: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.text = text
    }

    /// Numbers that every reader of JSON keeps.
    static let largest = 1 << 53

    func check(_ value: String) throws(ServiceError) {
        func wrong(_ what: String) -> ServiceError {
            ServiceError(.badRequest, "the query parameter \(name) is \"\(value.prefix(100))\"", hint: "it is \(what)")
        }
        switch kind {
        case .integer(let range):
            guard let number = Int(value), range.contains(number) else {
                throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
        case .text: break
        case .words(let known):
            for word in value.split(separator: ",", omittingEmptySubsequences: false)
            where !known.contains(String(word)) {
                throw wrong("one or more of \(known.joined(separator: ", ")), with commas between them")
            }
        case .sequence:
            guard value == "last" || Int(value).map({ (0...Self.largest).contains($0) }) == true else {
                throw wrong("the number of an event, or last")
            }
        }
    }
}

/// The query of a request, each value as its parameter says.
struct QueryValues: Sendable {
    private var values: [String: String] = [:]
    private var defaults: [String: Int] = [:]

    /// - Throws: for parameters that are not known, given twice or wrong.
    init(_ text: String, _ parameters: [QueryParameter]) throws(ServiceError) {
        for parameter in parameters { defaults[parameter.name] = parameter.defaultValue }
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(parts[0])
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                let known = parameters.map(\.name).joined(separator: ", ")
                throw ServiceError(
                    .badRequest, "the query parameter \"\(name.prefix(100))\" is unknown",
                    hint: known.isEmpty ? "this path accepts no parameters" : "send one of: \(known)")
            }
            guard values[name] == nil else {
                throw ServiceError(.badRequest, "the query parameter \(name) is given twice", hint: "give it once")
            }
            let value = try Self.decoded(parts.count > 1 ? parts[1] : "")
            try parameter.check(value)
            values[name] = value
        }
    }

    /// As forms write it: '+' is a space.
    private static func decoded(_ text: Substring) throws(ServiceError) -> String {
        guard let decoded = text.replacing("+", with: " ").removingPercentEncoding else {
            throw ServiceError(
                .badRequest, "the query has \"\(text.prefix(100))\"", hint: "write the bytes of UTF-8 as %XX")
        }
        return decoded
    }

    subscript(_ name: String) -> String? { values[name] }

    /// As given, else the default.
    func integer(_ name: String) -> Int? { values[name].flatMap { Int($0) } ?? defaults[name] }
}
