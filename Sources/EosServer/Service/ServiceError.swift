import EosCore
import EosJSON

/// Why a request can't be served: `{"error": {"code", "message", "hint"}}` with an HTTP status.
public struct ServiceError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case badRequest = "bad_request"
        case unauthorized
        case forbidden
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        /// Not in this state of the run.
        case conflict
        case tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type"
        /// A spec that is wrong.
        case invalidSpec = "invalid_spec"
        case internalError = "internal"
        /// Storage or workers can't be had just now.
        case unavailable

        public var status: Int {
            switch self {
            case .badRequest: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .conflict: 409
            case .tooLarge: 413
            case .unsupportedMediaType: 415
            case .invalidSpec: 422
            case .internalError: 500
            case .unavailable: 503
            }
        }
    }

    public var code: Code
    /// One sentence without a full stop: what is wrong, with the value.
    public var message: String
    /// What to do about it; empty: the message says it.
    public var hint: String

    public init(_ code: Code, _ message: String, hint: String = "") {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }
}

extension ServiceError {
    /// The sentences of `EosError` are a message and, after the last semicolon, a remedy.
    public init(_ code: Code, _ error: EosError) {
        guard let semicolon = error.message.range(of: "; ", options: .backwards) else {
            self.init(code, error.message)
            return
        }
        self.init(
            code, String(error.message[..<semicolon.lowerBound]), hint: String(error.message[semicolon.upperBound...]))
    }

    public var json: JSONText {
        ["error": ["code": .string(code.rawValue), "message": .string(message), "hint": .string(hint)]]
    }
}
