import CEos
import EosJSON
import EosRunModel
import HTTPTypes
import Hummingbird

/// eosd itself, and what there is to train with.
extension Interface {
    var daemonRoutes: [Route] {
        [
            Route(
                method: .get, path: "/v1/health", name: "health", summary: "State of eosd",
                answers: [.init(status: .ok, text: "Version and counts", content: .json("Health"))]
            ) { (_) throws(ServiceError) in .json(try await background.run { () throws(ServiceError) in health }) },
            Route(
                method: .get, path: "/v1/plugins", name: "listPlugins",
                summary: "Installed plugins, as of `eos plugins --json`",
                answers: [
                    .init(status: .ok, text: "The plugins found, and the files refused", content: .json("Plugins"))
                ]
            ) { (_) throws(ServiceError) in
                let findings = await service.findings()
                return .json(try await background.run { () throws(ServiceError) in findings.json(path: .standard()) })
            },
            Route(
                method: .get, path: "/v1/policies", name: "listPolicies",
                summary: "Policies, as of `eos policies --json`",
                answers: [.init(status: .ok, text: "The names and keys of the policies", content: .json("Policies"))]
            ) { (_) throws(ServiceError) in
                let findings = await service.findings()
                return .json(try await background.run { () throws(ServiceError) in findings.policies })
            },
            Route(
                method: .get, path: "/metrics", name: "prometheus", summary: "For Prometheus",
                answers: [.init(status: .ok, text: "Text format 0.0.4", content: .text("text/plain"))]
            ) { (_) throws(ServiceError) in
                let text = try await background.run { () throws(ServiceError) in
                    Prometheus(service, metrics.snapshot, startTime: startTime).text
                }
                return .text(text, type: "text/plain; version=0.0.4; charset=utf-8")
            },
        ]
    }

    private var health: JSONText {
        let totals = service.totals
        return [
            "version": .string(EOS_VERSION_STRING),
            "uptime_seconds": .number((ContinuousClock.now - started) / .seconds(1)), "home": .string(home),
            "runs": .object(service.reports().counts.map { ($0.rawValue, .integer($1)) }),
            "max_runs": .integer(totals.maxRuns), "max_threads": .integer(totals.maxThreads),
        ]
    }
}

extension Sequence<RunReport> {
    /// How many there are in each state, in the order of the states; states without runs are zero.
    var counts: [(RunState, Int)] {
        var counts: [RunState: Int] = [:]
        for report in self { counts[report.state, default: 0] += 1 }
        return RunState.allCases.map { ($0, counts[$0] ?? 0) }
    }
}
