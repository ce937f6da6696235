import EosCore
import EosRunModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Runs as such: listed, submitted, shown, removed.
extension Interface {
    var runRoutes: [Route] {
        [
            Route(
                method: .get, path: "/v1/runs", name: "listRuns",
                summary: "List the runs, in the order of their submission",
                query: [
                    QueryParameter("state", .words(RunState.allCases.map(\.rawValue)), "only runs in these states"),
                    QueryParameter("name", .text, "only runs with this name"),
                    QueryParameter("limit", .integer(1...10_000), default: 1000, "largest number of runs"),
                    QueryParameter("after", .text, "only runs submitted after the run with this id"),
                ],
                answers: [
                    .init(
                        status: .ok, text: "The runs, and the id for `after` if there are more",
                        content: .json("RunList"))
                ], errors: [.notFound], handle: list),
            Route(
                method: .post, path: "/v1/runs", name: "submitRun", summary: "Submit a spec",
                body: BodySchema(
                    name: "Submission",
                    members: [
                        .init(name: "spec", kind: .string, isRequired: true, text: "the text of a spec in TOML"),
                        .init(
                            name: "overrides", kind: .strings, text: "strings key=value that replace keys of the spec"),
                        .init(
                            name: "directory", kind: .string,
                            text:
                                "absolute path of the directory where relative names of data files are looked up "
                                + "first"),
                        .init(name: "name", kind: .string, text: "name of the run, if the spec has none"),
                    ]),
                answers: [
                    .init(
                        status: .created, text: "The queued run", content: .json("Run"),
                        headers: [("Location", "the path of the run in this API")])
                ], errors: [.invalidSpec, .unsupportedMediaType], handle: submit),
            Route(
                method: .get, path: "/v1/runs/{id}", name: "showRun", summary: "A run",
                answers: [.init(status: .ok, text: "The run", content: .json("Run"))], errors: [.notFound]
            ) { (call) throws(ServiceError) in .json(try report(call).json) },
            Route(
                method: .delete, path: "/v1/runs/{id}", name: "removeRun",
                summary: "Remove a run that has ended or is paused, and its directory",
                answers: [.init(status: .noContent, text: "The run is removed", content: .none)],
                errors: [.notFound, .conflict]
            ) { (call) throws(ServiceError) in
                _ = try report(call)
                try await service.remove(call.id)
                return Response(status: .noContent)
            },
        ]
    }

    private func submit(_ call: Call) async throws(ServiceError) -> Response {
        let directory = call.body.string("directory")
        if let directory, !directory.hasPrefix("/") {
            throw ServiceError(
                .badRequest, "\"directory\" is \"\(directory.prefix(200))\"", hint: "send an absolute path")
        }
        let submission = Submission(
            spec: call.body.string("spec")!, overrides: call.body.strings("overrides"), directory: directory,
            name: call.body.string("name"))
        let report = try await service.submit(submission)
        return .json(report.json, status: .created, headers: [.location: "/v1/runs/\(report.id)"])
    }

    private func list(_ call: Call) async throws(ServiceError) -> Response {
        let states = call.query["state"].map { Set($0.split(separator: ",").map(String.init)) }
        let (name, after) = (call.query["name"], call.query["after"])
        let limit = call.query.integer("limit")!
        if let after, service.report(of: after) == nil { throw Self.noRun(after) }
        let (runs, next) = try await background.run { () throws(ServiceError) -> (ArraySlice<RunReport>, String?) in
            var runs = service.reports()[...]
            if let after, let index = runs.firstIndex(where: { $0.id == after }) { runs = runs[(index + 1)...] }
            if let states { runs = runs.filter { states.contains($0.state.rawValue) }[...] }
            if let name { runs = runs.filter { $0.summary.name == name }[...] }
            let first = runs.prefix(limit)
            return (first, first.count < runs.count ? first.last?.id : nil)
        }
        // The text of thousands of runs takes a while and some memory: a part at a time, on threads of its own.
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "{\"runs\": ["))
            var rest = runs
            var separator = ""
            while !rest.isEmpty {
                let part = rest.prefix(100)
                let comma = separator
                try await writer.write(
                    background.run { () throws(ServiceError) in
                        ByteBuffer(string: comma + part.map(\.json.text).joined(separator: ", "))
                    })
                separator = ", "
                rest = rest.dropFirst(100)
            }
            let next = next.map { quoted($0) } ?? "null"
            try await writer.write(ByteBuffer(string: "], \"next\": \(next)}\n"))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }
}
