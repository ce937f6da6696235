import EosRuns
import Foundation
import Testing

@Suite struct RouteTests {
    @Test func showsARun() async throws {
        let server = try TestServer()
        let id = try server.addRun(iterates: 5)
        let answer = try await server.ask("GET", "/v1/runs/\(id)")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.json["run"] as? String == id)
        #expect(answer.json["name"] as? String == "digits")
        #expect(answer.json["state"] as? String == "queued")
        #expect(answer.json["iterations"] as? Int == 4)
        #expect(answer.json["pid"] is NSNull)
        #expect(try await server.ask("HEAD", "/v1/runs/\(id)").status == 200)
        await server.stop()
    }

    @Test func listsRunsInParts() async throws {
        let server = try TestServer()
        for index in 0..<250 { _ = try server.addRun(index % 2 == 0 ? "even" : "odd") }
        var ids: [String] = []
        var path = "/v1/runs?limit=120"
        while true {
            let answer = try await server.ask("GET", path)
            #expect(answer.status == 200)
            let runs = answer.json["runs"] as? [[String: Any]] ?? []
            ids += runs.compactMap { $0["run"] as? String }
            guard let next = answer.json["next"] as? String else { break }
            path = "/v1/runs?limit=120&after=\(next)"
        }
        #expect(ids == server.service.reports().map(\.id))
        let odd = try await server.ask("GET", "/v1/runs?name=odd&state=queued,running")
        #expect((odd.json["runs"] as? [Any])?.count == 125)
        #expect(odd.json["next"] is NSNull)
        let none = try await server.ask("GET", "/v1/runs?state=failed")
        #expect(none.text == "{\"runs\": [], \"next\": null}\n")
        #expect(try await server.ask("GET", "/v1/runs?after=nobody").status == 404)
        await server.stop()
    }

    @Test func submits() async throws {
        let server = try TestServer()
        let id = try server.addRun()
        let body = """
            {"spec": "[objective]\\nplugin = \\"mlp\\"", "overrides": ["policy.step=0.1"], "directory": "/data", "name": "n"}
            """
        let answer = try await server.ask("POST", "/v1/runs", body)
        #expect(answer.status == 201)
        #expect(answer.headers["location"] == "/v1/runs/\(id)")
        let submission = try #require(server.service.state.withLock { $0.submissions.first })
        #expect(submission.spec == "[objective]\nplugin = \"mlp\"")
        #expect(submission.overrides == ["policy.step=0.1"])
        #expect(submission.directory == "/data")
        #expect(submission.name == "n")
        let wrong = try await server.ask("POST", "/v1/runs", "{\"spec\": \"\"}")
        #expect(wrong.status == 422)
        #expect(wrong.error["code"] == "invalid_spec")
        let relative = try await server.ask("POST", "/v1/runs", "{\"spec\": \"\", \"directory\": \"data\"}")
        #expect(relative.status == 400)
        await server.stop()
    }

    @Test func actsOnRuns() async throws {
        let server = try TestServer()
        let going = try server.addRun(state: .running)
        let ended = try server.addRun(state: .converged)
        #expect(try await server.ask("POST", "/v1/runs/\(going)/pause").status == 202)
        #expect(try await server.ask("POST", "/v1/runs/\(going)/stop", "{}").status == 200)
        let conflict = try await server.ask("POST", "/v1/runs/\(ended)/pause")
        #expect(conflict.status == 409)
        #expect(conflict.error["code"] == "conflict")
        let set = try await server.ask("POST", "/v1/runs/\(going)/set", "{\"assignments\": [\"policy.cap=8\"]}")
        #expect(set.status == 200)
        #expect(try await server.ask("POST", "/v1/runs/\(going)/set", "{\"assignments\": []}").status == 400)
        #expect(
            server.service.state.withLock { $0.actions } == [
                "pause \(going)", "stop \(going)", "pause \(ended)", "set policy.cap=8 \(going)",
            ])
        #expect(try await server.ask("DELETE", "/v1/runs/\(going)").status == 409)
        let gone = try await server.ask("DELETE", "/v1/runs/\(ended)")
        #expect(gone.status == 204)
        #expect(gone.body.isEmpty)
        #expect(try await server.ask("GET", "/v1/runs/\(ended)").status == 404)
        await server.stop()
    }

    @Test func readsRecords() async throws {
        let server = try TestServer()
        let id = try server.addRun(iterates: 4321)
        let run = try #require(server.service.directory(of: id))
        let spec = try await server.ask("GET", "/v1/runs/\(id)/spec")
        #expect(spec.text.hasPrefix("name = \"digits\""))
        #expect(spec.headers["content-type"] == "application/toml")

        let page = try await server.ask("GET", "/v1/runs/\(id)/iterates?from=10&to=30&every=10")
        let columns = page.json["columns"] as? [String] ?? []
        #expect(columns.prefix(4) == ["iteration", "loss", "gradient_norm", "step"])
        let rows = try #require(page.json["rows"] as? [[Any]])
        #expect(rows.map { $0[0] as? Int } == [10, 20, 30])
        let product = try #require(columns.firstIndex(of: "step_sharpness"))
        #expect(rows.map { $0[product] as? Double } == [2, 2, 2])

        // The export of the whole run, in several pages, is what the command prints.
        let csv = try await server.ask("GET", "/v1/runs/\(id)/iterates.csv")
        let export = try CSVExport(RunDatabase.open(run, readOnly: true))
        var lines = [export.header]
        try export.forEachRow { lines.append($0) }
        #expect(csv.text == lines.joined(separator: "\n") + "\n")
        let part = try await server.ask("GET", "/v1/runs/\(id)/iterates.csv?from=2&to=4200&every=7")
        let wanted = lines.dropFirst().filter {
            let iteration = Int($0.prefix { $0 != "," })!
            return iteration % 7 == 0 && (2...4200).contains(iteration)
        }
        #expect(part.text.split(separator: "\n").dropFirst().map(String.init) == wanted)

        let states = try await server.ask("GET", "/v1/runs/\(id)/states")
        #expect((states.json["states"] as? [[String: Any]])?.first?["reason"] as? String == "submitted")
        await server.stop()
    }

    @Test func readsLogsInParts() async throws {
        let server = try TestServer()
        let id = try server.addRun()
        let missing = try await server.ask("GET", "/v1/runs/\(id)/log")
        #expect(missing.status == 200)
        #expect(missing.headers["eos-log-size"] == "0")
        let run = try #require(server.service.directory(of: id))
        let text = (0..<100_000).map { "line \($0)\n" }.joined()
        try text.write(toFile: run.log, atomically: false, encoding: .utf8)
        let whole = try await server.ask("GET", "/v1/runs/\(id)/log?limit=8000000")
        #expect(whole.text == text)
        #expect(whole.headers["eos-log-size"] == "\(text.utf8.count)")
        let tail = try await server.ask("GET", "/v1/runs/\(id)/log?offset=-11")
        #expect(tail.text == "line 99999\n")
        #expect(tail.headers["eos-log-offset"] == "\(text.utf8.count - 11)")
        let middle = try await server.ask("GET", "/v1/runs/\(id)/log?offset=7&limit=6")
        #expect(middle.text == "line 1")
        let beyond = try await server.ask("GET", "/v1/runs/\(id)/log?offset=99999999")
        #expect(beyond.status == 200)
        #expect(beyond.body.isEmpty)
        await server.stop()
    }

    @Test func tellsHowItIs() async throws {
        let server = try TestServer()
        _ = try server.addRun(state: .running)
        let health = try await server.ask("GET", "/v1/health")
        #expect(health.json["max_runs"] as? Int == 2)
        #expect((health.json["runs"] as? [String: Int])?["running"] == 1)
        #expect(health.json["home"] as? String == server.directory.path)
        #expect(await server.server.answersItself())
        #expect(try await server.ask("GET", "/v1/plugins").json["directories"] is [Any])
        #expect(try await server.ask("GET", "/v1/policies").text.contains("\"nls-ub\""))
        await server.stop()
    }

    @Test func answersSeveralRequestsOnAConnection() async throws {
        let server = try TestServer()
        let id = try server.addRun()
        let statuses = try await offPool { [socket = server.socket] in
            let client = try RawClient(unix: socket)
            // Sent at once: the second one must wait for the first answer.
            client.send(
                (TestServer.request("GET", "/v1/runs/\(id)") + TestServer.request("GET", "/v1/runs/none")
                    + TestServer.request("GET", "/v1/health")).utf8)
            return [try client.response().status, try client.response().status, try client.response().status]
        }
        #expect(statuses == [200, 404, 200])
        await server.stop()
    }
}
