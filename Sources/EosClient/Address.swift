import EosCore
import Foundation

/// Where eosd listens.
public enum Address: Sendable, Equatable {
    /// The path of a Unix socket.
    case socket(String)
    /// TCP, with a bearer token.
    case host(String, port: Int, token: String)
}

extension Address: CustomStringConvertible {
    /// As messages name it: without the token.
    public var description: String {
        switch self {
        case .socket(let path): path
        case .host(let host, let port, _): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}
