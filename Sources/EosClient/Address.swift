/// Where eosd listens.
public enum Address: Sendable, Equatable {
    /// The path of a Unix socket.
    case socket(String)
    /// TCP, with a bearer token.
    case host(String, port: Int, token: String)
}
