import CEos
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

extension Address {
    /// What was given on the command line; nil where it was not.
    public struct Given: Sendable {
        public var socket: String?
        public var host: String?
        public var tokenFile: String?

        public init(socket: String? = nil, host: String? = nil, tokenFile: String? = nil) {
            self.socket = socket
            self.host = host
            self.tokenFile = tokenFile
        }
    }

    /// The options, else EOS_SOCKET, else EOS_HOST with EOS_TOKEN or EOS_TOKEN_FILE, else the socket of the user's eosd.
    ///
    /// - Throws: `EOS_E_CONFIG` for an address that is none or a host without a token.
    public init(_ given: Given, environment: [String: String]) throws(EosError) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let socket = given.socket, let host = given.host {
            throw EosError(EOS_E_CONFIG, "--socket \(socket) and --host \(host) exclude each other; remove one")
        }
        if given.host == nil, let socket = given.socket ?? variable("EOS_SOCKET") {
            self = .socket(socket)
        } else if let host = given.host ?? variable("EOS_HOST") {
            let (name, port) = try Self.parts(host)
            self = .host(name, port: port, token: try Self.token(for: host, given, variable))
        } else {
            self = .socket(Self.defaultSocket(environment))
        }
    }

    /// `$XDG_RUNTIME_DIR/eos/eosd.sock`; where there is none, or where only the system's eosd listens, that one's.
    static func defaultSocket(_ environment: [String: String]) -> String {
        let system = "/run/eos/eosd.sock"
        guard let directory = environment["XDG_RUNTIME_DIR"], directory.hasPrefix("/") else { return system }
        let own = directory + "/eos/eosd.sock"
        let manager = FileManager.default
        return !manager.fileExists(atPath: own) && manager.fileExists(atPath: system) ? system : own
    }

    /// "127.0.0.1:8080", "[::1]:8080".
    private static func parts(_ text: String) throws(EosError) -> (String, Int) {
        let fault = EosError(
            EOS_E_CONFIG, "the host \"\(text)\" is not an address; write HOST:PORT, or [::1]:PORT for IPv6")
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65535).contains(port)
        else { throw fault }
        var name = text[..<colon]
        if name.hasPrefix("["), name.hasSuffix("]") {
            name = name.dropFirst().dropLast()
        } else if name.contains(":") {
            throw fault
        }
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw fault }
        return (String(name), port)
    }

    private static func token(
        for host: String, _ given: Given, _ variable: (String) -> String?
    ) throws(EosError) -> String {
        let text: String
        if let file = given.tokenFile ?? (variable("EOS_TOKEN") == nil ? variable("EOS_TOKEN_FILE") : nil) {
            do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
                throw EosError(EOS_E_CONFIG, "\(file): the token can't be read; check the path and the permissions")
            }
        } else if let token = variable("EOS_TOKEN") {
            text = token
        } else {
            throw EosError(
                EOS_E_CONFIG,
                "there is no token for \(host); give its file with --token-file or EOS_TOKEN_FILE, or set EOS_TOKEN")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        // What is no word of one line would end the header that it is sent in.
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw EosError(EOS_E_CONFIG, "the token for \(host) is empty or contains spaces; give the token of eosd")
        }
        return token
    }
}
