import CEos
import EosRunModel
import EosServer
import Foundation
import Logging
import RunTestSupport
import TestSupport

/// A home of its own with a supervisor over it; gone, with every worker, at the end.
final class Lab: Sendable {
    let home: String
    let supervisor: Supervisor
    /// Keeps the home.
    private let earlier: Lab?

    /// - Parameter earlier: one whose supervisor has been drained: this one goes on with its home.
    init(maxRuns: Int = 2, maxThreads: Int = 2, after earlier: Lab? = nil) throws {
        self.earlier = earlier
        home = earlier?.home ?? FileManager.default.temporaryDirectory.path + "/eos-lab-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: "\(home)/data/eos/plugins", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        supervisor = try Supervisor(
            Supervisor.Options(
                home: home, maxRuns: maxRuns, maxThreads: maxThreads,
                environment: ["EOS_PLUGIN_PATH": nil, "XDG_DATA_HOME": "\(home)/data"]),
            logger: Logger(label: "lab") { _ in SwiftLogNoOpLogHandler() })
        try supervisor.start()
    }

    /// Where plugins are dropped in.
    var plugins: String { "\(home)/data/eos/plugins" }

    deinit {
        guard earlier == nil else { return }
        // Out of the supervisor's sight first, which would start again what is killed here.
        let gone = home + ".gone"
        rename(home, gone)
        for pid in workers(below: home).values.joined() { kill(pid_t(pid), SIGKILL) }
        try? FileManager.default.removeItem(atPath: gone)
    }

    /// `rosenbrock` with the policy `nls`, unless `overrides` say otherwise.
    func submit(_ overrides: [String] = [], name: String = "test") async throws -> RunReport {
        try await supervisor.submit(
            Submission(
                spec: """
                    [objective]
                    plugin = "rosenbrock"
                    [policy]
                    name = "nls"
                    [probes.sharpness]
                    every = 0
                    """, overrides: overrides, name: name))
    }

    func submit(_ run: SmallRun) async throws -> RunReport {
        try await supervisor.submit(Submission(spec: run.spec, name: run.policy))
    }

    /// The run once `condition` holds of it.
    func wait(
        _ id: String, _ what: String, for condition: (RunReport) -> Bool, meanwhile: () async -> Void = {}
    ) async throws -> RunReport {
        let deadline = Date().addingTimeInterval(120)
        while true {
            let report = supervisor.report(of: id)
            if let report, condition(report) { return report }
            guard Date() < deadline else {
                throw Late(
                    "\(id) is not \(what): \(report.map { "\($0.state) \($0.summary.reason)" } ?? "gone"); log:\n"
                        + ((try? String(contentsOfFile: "\(home)/runs/\(id)/log", encoding: .utf8)) ?? ""))
            }
            await meanwhile()
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func end(of id: String) async throws -> RunReport {
        try await wait(id, "at its end") { $0.state.isEnd && $0.state != .lost && $0.pid == nil }
    }

    func going(_ id: String, beyond iteration: Int = 0) async throws -> RunReport {
        try await wait(id, "running beyond \(iteration)") {
            $0.state == .running && $0.summary.numbers.iteration > iteration
        }
    }

    struct Late: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
