import Foundation
import TestSupport
import Testing

/// The Python packages that know OpenAPI.
private let hasValidators =
    (try? run("python3 -c 'import openapi_spec_validator, jsonschema'"))?.status == 0

@Suite struct DescriptionTests {
    private func description(_ server: TestServer) async throws -> [String: Any] {
        try await server.ask("GET", "/v1/openapi.json").json
    }

    @Test func describesEveryPathThatIsServed() async throws {
        let server = try TestServer()
        let id = try server.addRun(iterates: 3, state: .converged)
        let paths = try #require(try await description(server)["paths"] as? [String: [String: Any]])
        #expect(paths.count >= 19)
        for (path, operations) in paths {
            for method in ["get", "post", "put", "delete", "patch"] {
                if path.hasSuffix("/events") || method == "delete" && operations[method] != nil { continue }
                let answer = try await server.ask(
                    method.uppercased(), path.replacing("{id}", with: id), method == "post" ? "{}" : nil)
                #expect((answer.status != 405) == (operations[method] != nil), "\(method) \(path): \(answer.status)")
                #expect(answer.status != 404 && answer.status < 500, "\(method) \(path): \(answer.text)")
                guard let operation = operations[method] as? [String: Any] else { continue }
                let responses = operation["responses"] as? [String: Any] ?? [:]
                #expect(responses["\(answer.status)"] != nil, "\(method) \(path): \(answer.status)")
            }
        }
        await server.stop()
    }

    /// By the list of the header itself, so that a reason that is added there can't be missed here.
    @Test func namesEveryStopReason() async throws {
        let header = try String(contentsOfFile: "\(Tree.root)/include/eos/base.h", encoding: .utf8)
        let listed = header.matches(of: /X\((EOS_STOP_[A-Z_]+), \d+, "([^"]+)"\)/).map { (String($0.1), String($0.2)) }
        #expect(listed.count > 10 && listed.first?.0 == "EOS_STOP_NONE")
        let server = try TestServer()
        let components = try #require(try await description(server)["components"] as? [String: Any])
        await server.stop()
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        func reason(_ object: Any?) throws -> String {
            let properties = try #require((object as? [String: Any])?["properties"] as? [String: [String: Any]])
            return try #require(properties["reason"]?["description"] as? String)
        }
        let states = try #require(schemas["States"]?["properties"] as? [String: [String: Any]])
        for text in [try reason(schemas["Run"]), try reason(states["states"]?["items"])] {
            for (name, words) in listed {
                #expect(text.contains(words) == (name != "EOS_STOP_NONE"), "\(name): \(text)")
            }
        }
    }

    @Test(.enabled(if: hasValidators, "openapi-spec-validator and jsonschema are not installed"))
    func answersAsDescribed() async throws {
        let server = try TestServer()
        let id = try server.addRun(iterates: 30)
        server.service.change(id) { report in
            report.signal = 11
            report.started = 5
        }
        let directory = try TemporaryDirectory()
        let document = try await server.ask("GET", "/v1/openapi.json")
        try Data(document.body).write(to: URL(filePath: directory.path + "/openapi.json"))
        let script = "Tests/EosServerTests/validate.py \(directory.path)/openapi.json"
        let described = try await offPool { try run("python3 \(script)") }
        #expect(described.status == 0, "\(described.output)")
        for (path, ask) in [
            ("/v1/runs/{id}", "/v1/runs/\(id)"), ("/v1/runs", "/v1/runs"), ("/v1/health", "/v1/health"),
            ("/v1/runs/{id}/iterates", "/v1/runs/\(id)/iterates"),
            ("/v1/runs/{id}/metrics", "/v1/runs/\(id)/metrics"), ("/v1/runs/{id}/states", "/v1/runs/\(id)/states"),
            ("/v1/plugins", "/v1/plugins"), ("/v1/policies", "/v1/policies"), ("/v1/runs/{id}", "/v1/runs/none"),
        ] {
            let answer = try await server.ask("GET", ask)
            let file = directory.path + "/answer.json"
            try Data(answer.body).write(to: URL(filePath: file))
            let result = try await offPool { try run("python3 \(script) '\(path)' \(answer.status) \(file)") }
            #expect(result.status == 0, "\(ask): \(result.output)")
        }
        await server.stop()
    }
}
