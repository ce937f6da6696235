import EosRuns
import Foundation
import RunTestSupport
import Synchronization
import TestSupport

/// A home of its own, and eosd over it: as a process that can be killed and started again. Gone, with every worker, at the
/// end.
final class Eosd: Sendable {
    let home: String
    private let options: [String]
    private let process = Mutex<Process?>(nil)

    init(_ options: [String] = []) throws {
        home = FileManager.default.temporaryDirectory.path + "/eosd-\(UUID().uuidString.prefix(8))"
        self.options = options
        try FileManager.default.createDirectory(
            atPath: plugins, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home)
    }

    deinit {
        kill(SIGKILL)
        for (_, pids) in workers() {
            for pid in pids { Glibc.kill(-pid_t(pid), SIGKILL) }
        }
        try? FileManager.default.removeItem(atPath: home)
    }

    /// Where plugins are dropped in.
    var plugins: String { "\(home)/data/eos/plugins" }
    var client: HTTPClient { HTTPClient(socket: "\(home)/eosd.sock") }
    var log: String { (try? String(contentsOfFile: "\(home)/eosd.log", encoding: .utf8)) ?? "" }

    /// Starts it and waits for nothing.
    ///
    /// - Parameter options: instead of its own.
    func start(_ options: [String]? = nil) throws {
        let process = Process()
        process.executableURL = URL(filePath: "\(Tree.products)/eosd")
        process.arguments = ["--home", home, "--socket", "\(home)/eosd.sock"] + (options ?? self.options)
        var environment = ProcessInfo.processInfo.environment.filter { $0.key != "EOS_PLUGIN_PATH" }
        environment["XDG_DATA_HOME"] = "\(home)/data"
        process.environment = environment
        let log = open("\(home)/eosd.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle(fileDescriptor: log, closeOnDealloc: true)
        try process.run()
        self.process.withLock { $0 = process }
    }

    /// Starts it and waits until it answers.
    func begin(_ options: [String]? = nil) async throws {
        try start(options)
        try await wait("answers") { try await $0.get("/v1/health").status == 200 }
    }

    /// Sends a signal and waits for the end.
    func kill(_ signal: Int32) {
        guard
            let process = process.withLock({ process in
                defer { process = nil }; return process
            })
        else { return }
        Glibc.kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    /// Waits, however busy the machine is.
    func wait(_ what: String, _ condition: (HTTPClient) async throws -> Bool) async throws {
        let deadline = Date().addingTimeInterval(180)
        var reason = "no"
        while Date() < deadline {
            do { if try await condition(client) { return } } catch { reason = "\(error)" }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Failed("it is not so that it \(what): \(reason); log:\n\(log.suffix(3000))")
    }

    func workers() -> [String: [Int]] { RunTestSupport.workers(below: home) }

    func directory(_ id: String) throws -> RunDirectory { try RunDirectory.open("\(home)/runs/\(id)") }

    struct Failed: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

extension HTTPClient {
    /// The id of a run that was submitted, once that was answered.
    func submit(_ spec: String, name: String) async throws -> String {
        let answer = try await post("/v1/runs", ["spec": spec, "name": name])
        guard answer.status == 201, let id = try answer.object()["run"] as? String else {
            throw Eosd.Failed("\(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return id
    }

    func report(_ id: String) async throws -> [String: Any] { try await get("/v1/runs/\(id)").object() }

    func reports() async throws -> [[String: Any]] {
        let list = try await get("/v1/runs?limit=10000").object()
        return list["runs"] as? [[String: Any]] ?? []
    }
}
