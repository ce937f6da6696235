import EosJSON
/// Why the daemon did not do what it was asked for.
public struct ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// Nobody listens there, or what listens can't be reached by this user.
        case unreachable
        /// The connection ended in the middle.
        case interrupted
        /// Nothing came for too long.
        case silent
        /// What came is not what eosd says.
        case strange
        /// It answered with an error of this status.
        case refused(status: Int)
    }

    public var kind: Kind
    /// As the daemon names it (`not_found`); else empty.
    public var code: String
    /// One sentence without a full stop.
    public var message: String
    /// What to do about it; empty: the message says it.
    public var hint: String

    public init(_ kind: Kind, code: String = "", _ message: String, hint: String = "") {
        self.kind = kind
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }

    /// Whether to ask again later may help: eosd is restarted, or too busy.
    public var mayPass: Bool {
        switch kind {
        case .unreachable, .interrupted, .silent: true
        case .strange: false
        case .refused(let status): status == 503
        }
    }

    /// Whether what was asked for is wrong, rather than that something failed.
    public var isMistake: Bool {
        guard case .refused(let status) = kind else { return false }
        return (400..<500).contains(status)
    }
}

extension ClientError {
    /// Reads `{"error": {"code", "message", "hint"}}`.
    init(_ response: APIResponse, from address: Address) {
        guard let error = try? JSONText(reading: response.body)["error"], let message = error["message"]?.string else {
            self.init(
                .refused(status: response.status),
                "\(address) answered with status \(response.status) and no reason; check that eosd listens there")
            return
        }
        self.init(
            .refused(status: response.status), code: error["code"]?.string ?? "", message,
            hint: error["hint"]?.string ?? "")
    }
}
