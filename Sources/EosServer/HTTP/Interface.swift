import EosCore
import EosRunModel
import Glibc
import HTTPTypes
import Hummingbird

/// The routes, and what they share.
struct Interface: Sendable {
    let service: any RunService
    let home: String
    let background: Background
    let metrics: HTTPMetrics
    /// Opens when eosd ends.
    let ending: Latch
    let heartbeat: Heartbeat
    let started = ContinuousClock.now
    /// Seconds since 1970.
    let startTime = unixTime()

    /// Every route, in the order of the description.
    var routes: [Route] {
        var routes = runRoutes + actionRoutes + recordRoutes + eventRoutes + daemonRoutes
        let description = Description(routes + [descriptionRoute("")]).text
        routes.append(descriptionRoute(description))
        return routes
    }

    private func descriptionRoute(_ text: String) -> Route {
        Route(
            method: .get, path: "/v1/openapi.json", name: "describe", summary: "This description",
            answers: [.init(status: .ok, text: "OpenAPI 3.1", content: .json("Any"))]
        ) { (_) throws(ServiceError) in .text(text, type: "application/json") }
    }

    /// - Throws: `not_found`.
    func report(_ call: Call) throws(ServiceError) -> RunReport {
        guard let report = service.report(of: call.id) else { throw Self.noRun(call.id) }
        return report
    }

    static func noRun(_ id: String) -> ServiceError {
        let isPath = id.contains("/") || id.contains("\\") || id.hasPrefix(".")
        return ServiceError(
            .notFound, "there is no run \"\(id.prefix(200))\"",
            hint: isPath ? "give an id, not a path; GET /v1/runs lists all runs" : "GET /v1/runs lists all runs")
    }
}
