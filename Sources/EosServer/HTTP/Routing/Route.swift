import HTTPTypes
import Hummingbird

/// A path and method of the interface: what it takes, what it answers and who does it. What is checked of a request and
/// what the description says of it are the same values.
struct Route: Sendable {
    var method: HTTPRequest.Method
    /// "/v1/runs/{id}": `{id}` stands for the id of a run.
    var path: String
    /// The name of the operation in the description.
    var name: String
    var summary: String
    var query: [QueryParameter] = []
    /// Whether it goes on after the event in the header Last-Event-ID.
    var isResumable = false
    /// Members of the JSON object that it takes; nil: it takes no body.
    var body: BodySchema?
    var answers: [Answer]
    /// Besides those that every route has.
    var errors: [ServiceError.Code] = []
    var handle: @Sendable (Call) async throws(ServiceError) -> Response

    /// What a client gets where all goes well.
    struct Answer: Sendable {
        enum Content: Sendable {
            case none
            /// The name of a schema.
            case json(String)
            case text(String)
        }
        var status: HTTPResponse.Status
        var text: String
        var content: Content
        /// Names and meanings.
        var headers: [(name: String, text: String)] = []
    }

    /// Refusals that any request may meet.
    static let commonErrors: [ServiceError.Code] = [
        .badRequest, .unauthorized, .forbidden, .methodNotAllowed, .tooLarge, .internalError, .unavailable,
    ]
}

extension Route {
    /// Whether a path is one of this route.
    func matches(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        let own = self.path.split(separator: "/")
        return parts.count == own.count && zip(parts, own).allSatisfy { $0 == $1 || $1.hasPrefix("{") }
    }
}

/// A request to a route, checked against what the route says that it takes.
struct Call: Sendable {
    /// Of the run, where the path has one. Not more than text: it is looked up, never part of a path.
    let id: String
    let query: QueryValues
    let body: BodyValues
    let headers: HTTPFields
}
