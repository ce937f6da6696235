import EosJSON
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static func json(_ value: JSONText, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: value.text + "\n")))
    }

    static func text(_ text: String, type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// What a client gets instead of an answer.
    init(_ error: ServiceError, headers: HTTPFields = [:]) {
        var headers = headers
        switch error.code {
        case .unauthorized: headers[.wwwAuthenticate] = "Bearer realm=\"eosd\""
        case .unavailable: headers[.retryAfter] = "1"
        default: break
        }
        self = .json(error.json, status: .init(code: error.code.status), headers: headers)
    }
}
