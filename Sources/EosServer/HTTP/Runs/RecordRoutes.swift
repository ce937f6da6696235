import EosRuns
import HTTPTypes
import Hummingbird
import NIOCore

/// What a run has recorded, read from its directory.
extension Interface {
    var recordRoutes: [Route] {
        iterateRoutes("iterates", "Iterates", "Records of the iterates")
            // As an earlier eos called them.
            + iterateRoutes("metrics", "Metrics", "Records of the iterates, under an earlier name") + [
                Route(
                    method: .get, path: "/v1/runs/{id}/spec", name: "showSpec",
                    summary: "The spec, with all defaults filled in",
                    answers: [.init(status: .ok, text: "TOML", content: .text("application/toml"))], errors: [.notFound]
                ) { (call) throws(ServiceError) in
                    let directory = try directory(call)
                    let bytes = try await background.run { () throws(ServiceError) in
                        try FilePart(directory.spec, offset: 0, limit: RouteTable.largestBody)
                    }.bytes
                    return Response(
                        status: .ok, headers: [.contentType: "application/toml"], body: .init(byteBuffer: bytes))
                },
                Route(
                    method: .get, path: "/v1/runs/{id}/log", name: "showLog", summary: "The log of the run",
                    query: [
                        QueryParameter(
                            "offset", .integer(-QueryParameter.largest...QueryParameter.largest), default: 0,
                            "the first byte; a negative number counts from the end"),
                        QueryParameter("limit", .integer(1...8 << 20), default: 1 << 20, "largest number of bytes"),
                    ],
                    answers: [
                        .init(
                            status: .ok, text: "A part of the log", content: .text("text/plain"),
                            headers: [
                                ("Eos-Log-Size", "size of the whole log at the time of the answer, in bytes"),
                                ("Eos-Log-Offset", "the first byte of this part"),
                            ])
                    ], errors: [.notFound], handle: log),
                Route(
                    method: .get, path: "/v1/runs/{id}/states", name: "showStates",
                    summary: "The history of the states of a run",
                    answers: [.init(status: .ok, text: "In order", content: .json("States"))], errors: [.notFound]
                ) { (call) throws(ServiceError) in
                    let directory = try directory(call)
                    return .json(
                        try await background.run { () throws(ServiceError) in try StateHistory.json(directory) })
                },
            ]
    }

    private func iterateRoutes(_ path: String, _ name: String, _ summary: String) -> [Route] {
        let range: [QueryParameter] = [
            QueryParameter("from", .integer(0...QueryParameter.largest), default: 0, "first iteration"),
            QueryParameter(
                "to", .integer(0...QueryParameter.largest), default: QueryParameter.largest, "last iteration"),
            QueryParameter(
                "every", .integer(1...QueryParameter.largest), default: 1,
                "only iterations that are a multiple of this number"),
        ]
        return [
            Route(
                method: .get, path: "/v1/runs/{id}/\(path)", name: "show\(name)", summary: summary,
                query: range + [
                    QueryParameter("limit", .integer(1...100_000), default: 10_000, "largest number of rows")
                ],
                answers: [
                    .init(
                        status: .ok,
                        text:
                            "Rows in the order of iterations. If there are `limit` rows, ask again with `from` = the "
                            + "last iteration + 1",
                        content: .json("Iterates"))
                ], errors: [.notFound]
            ) { (call) throws(ServiceError) in
                let directory = try directory(call)
                let limit = call.query.integer("limit")!
                let text = try await background.run { () throws(ServiceError) in
                    try IteratePage.json(directory, IteratePage.Range(call.query), limit: limit)
                }
                return .text(text, type: "application/json")
            },
            Route(
                method: .get, path: "/v1/runs/{id}/\(path).csv", name: "export\(name)",
                summary: "\(summary), as of `eos export`", query: range,
                answers: [.init(status: .ok, text: "Comma-separated values", content: .text("text/csv"))],
                errors: [.notFound]
            ) { (call) throws(ServiceError) in
                try await IteratePage.export(try directory(call), IteratePage.Range(call.query), background)
            },
        ]
    }

    private func directory(_ call: Call) throws(ServiceError) -> RunDirectory {
        guard let directory = service.directory(of: call.id) else { throw Self.noRun(call.id) }
        return directory
    }

    private func log(_ call: Call) async throws(ServiceError) -> Response {
        let directory = try directory(call)
        let (offset, limit) = (call.query.integer("offset")!, call.query.integer("limit")!)
        let part = try await background.run { () throws(ServiceError) in
            try FilePart(directory.log, offset: offset, limit: limit, isOptional: true)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; charset=utf-8", .init("Eos-Log-Size")!: "\(part.size)",
                .init("Eos-Log-Offset")!: "\(part.offset)",
            ], body: .init(byteBuffer: part.bytes))
    }
}
