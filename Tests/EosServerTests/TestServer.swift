import EosRunModel
import EosRuns
import EosServer
import Foundation
import Logging
import TestSupport

/// A server with a fake service behind it, on a Unix socket and on TCP.
final class TestServer: Sendable {
    static let token = "0123456789abcdef-token"

    let directory: TemporaryDirectory
    let service = FakeService()
    let socket: String
    let port: Int
    let server: HTTPServer
    let token: TokenFile
    private let task: Task<Void, Never>

    init(
        _ limits: HTTPServer.Limits = .init(), user: uid_t = geteuid(), group: gid_t? = nil,
        sockets extra: [ListeningSocket] = []
    ) throws {
        directory = try TemporaryDirectory()
        socket = directory.path + "/s"
        let tokenFile = directory.path + "/token"
        try Self.token.write(toFile: tokenFile, atomically: true, encoding: .utf8)
        chmod(tokenFile, 0o600)
        let unix = try ListeningSocket.unix(socket)
        let tcp = try ListeningSocket.tcp("127.0.0.1", port: 0, anywhere: false)
        port = Int(tcp[0].name.split(separator: ":").last!)!
        var logger = Logger(label: "test") { _ in StandardErrorLog(isJournal: false) }
        logger.logLevel = .critical
        token = try TokenFile(tokenFile)
        let access = AccessPolicy(user: user, group: group, token: token)
        let server = HTTPServer(
            service: service, home: directory.path, access: access, limits: limits, logger: logger)
        self.server = server
        task = Task { await server.run(on: [unix] + tcp + extra) }
    }

    func stop(grace: Double = 30) async {
        await server.stop(grace: grace)
        await task.value
    }

    /// A run with a directory and `iterates` rows.
    func addRun(_ name: String = "digits", iterates: Int = 0, state: RunState? = nil) throws -> String {
        let run = try RunDirectory.create(in: directory.path + "/runs", name: name)
        try "name = \"\(name)\"\n[objective]\nplugin = \"quadratic\"\n".write(
            toFile: run.spec, atomically: true, encoding: .utf8)
        let database = try RunDatabase.create(run)
        try database.record(facts: [("name", name), ("metrics", "accuracy")])
        try database.record(.queued, reason: "submitted", iteration: 0)
        if iterates > 0 {
            let recorder = Recorder(database, log: try RunLog(run))
            for iteration in 0..<iterates {
                var iterate = RunNumbers()
                iterate.iteration = iteration
                iterate[.loss] = 1 / Double(iteration + 1)
                iterate[.gradientNorm] = 0.5
                if iteration > 0 { (iterate[.step], iterate[.trials]) = (0.25, 2) }
                iterate[.valueEvaluations] = Double(iteration)
                iterate[.gradientEvaluations] = Double(iteration)
                iterate[.seconds] = Double(iteration)
                let measured =
                    iteration % 10 == 0
                    ? [
                        ProbeRecord(iteration: iteration, name: "sharpness", value: 8, residual: 1e-4),
                        ProbeRecord(iteration: iteration, name: "accuracy", value: 0.75),
                    ] : []
                try recorder.record(iterate, measured)
            }
            try recorder.flush()
        }
        return try service.add(run, state: state)
    }

    /// One request on a connection of its own.
    func ask(
        _ method: String, _ path: String, _ body: String? = nil, headers: [String] = [], tcp: Bool = false
    ) async throws -> RawResponse {
        try await offPool { [socket, port] in
            let client = tcp ? try RawClient(port: port) : try RawClient(unix: socket)
            client.send(Self.request(method, path, body, headers + ["Connection: close"]).utf8)
            return try client.response(headOnly: method == "HEAD")
        }
    }

    static func request(_ method: String, _ path: String, _ body: String? = nil, _ headers: [String] = []) -> String {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"] + headers
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if !headers.contains(where: { $0.lowercased().hasPrefix("content-type") }) {
                lines.append("Content-Type: application/json")
            }
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    static let bearer = "Authorization: Bearer \(token)"
}
