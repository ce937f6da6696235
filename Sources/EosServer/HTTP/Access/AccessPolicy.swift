import Glibc
import HTTPTypes

/// Who may ask: on a Unix socket the user of eosd, root and one group; on TCP whoever has the token.
public struct AccessPolicy: Sendable {
    /// The user besides root.
    public let user: uid_t
    public let group: gid_t?
    /// nil: nobody may ask by TCP.
    public let token: TokenFile?

    public init(user: uid_t = geteuid(), group: gid_t? = nil, token: TokenFile? = nil) {
        self.user = user
        self.group = group
        self.token = token
    }

    /// Why a process may not ask; nil: it may.
    func refusal(of peer: Peer) -> ServiceError? {
        if peer.user == 0 || peer.user == user { return nil }
        if let group, peer.group == group || peer.groups.contains(group) { return nil }
        return ServiceError(
            .forbidden, "the user \(peer.user) is not allowed to use this eosd",
            hint: "it accepts its own user (\(user)) and root; start it with --group to accept a group")
    }

    /// Why a request that came by TCP is refused; nil: it is not.
    func refusal(of request: HTTPRequest) -> ServiceError? {
        let headers = request.headerFields
        // A browser says which site a request comes from, and reaches what others can't: loopback.
        if let origin = headers[.origin], !isOwn(origin, host: request.authority) {
            return ServiceError(
                .forbidden, "requests from pages of \(origin.prefix(200)) are refused",
                hint: "use a program, or a page of eosd")
        }
        guard let token else {
            return ServiceError(.unauthorized, "eosd has no token", hint: "start eosd with --token-file FILE")
        }
        guard let given = headers[.authorization] else {
            return ServiceError(
                .unauthorized, "the header Authorization is missing", hint: "send Authorization: Bearer TOKEN")
        }
        let words = given.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer", token.matches(words[1]) else {
            return ServiceError(
                .unauthorized, "the token is wrong", hint: "send the content of eosd's token file as Bearer TOKEN")
        }
        return nil
    }

    private func isOwn(_ origin: String, host: String?) -> Bool { host.map { origin == "http://\($0)" } ?? false }
}
