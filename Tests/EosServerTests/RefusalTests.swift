import Foundation
import Testing

@Suite struct RefusalTests {
    @Test func refusesWithoutToken() async throws {
        let server = try TestServer()
        let none = try await server.ask("GET", "/v1/health", tcp: true)
        #expect(none.status == 401)
        #expect(none.headers["www-authenticate"] == "Bearer realm=\"eosd\"")
        #expect(none.error["code"] == "unauthorized")
        for wrong in [
            "Bearer", "Bearer x", "Bearer \(TestServer.token)x", "Basic \(TestServer.token)",
            "Bearer \(TestServer.token.dropLast())", "Bearer \(TestServer.token.dropLast())X", TestServer.token,
        ] {
            let answer = try await server.ask("GET", "/v1/health", headers: ["Authorization: \(wrong)"], tcp: true)
            #expect(answer.status == 401, "\(wrong)")
        }
        // Not even what there is is told.
        #expect(try await server.ask("GET", "/nothing", tcp: true).status == 401)
        #expect(try await server.ask("GET", "/v1/health", headers: [TestServer.bearer], tcp: true).status == 200)
        let lower = "authorization: bearer \(TestServer.token)"
        #expect(try await server.ask("GET", "/v1/health", headers: [lower], tcp: true).status == 200)
        await server.stop()
    }

    @Test func refusesForeignSites() async throws {
        let server = try TestServer()
        for origin in ["http://evil.example", "null", "https://localhost", "http://localhost:1"] {
            let answer = try await server.ask(
                "GET", "/v1/health", headers: [TestServer.bearer, "Origin: \(origin)"], tcp: true)
            #expect(answer.status == 403, "\(origin)")
        }
        let own = [TestServer.bearer, "Origin: http://localhost"]
        #expect(try await server.ask("GET", "/v1/health", headers: own, tcp: true).status == 200)
        await server.stop()
    }

    @Test(arguments: [
        "/v1/runs/..", "/v1/runs/../../etc/passwd", "/v1/runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v1/runs/%2Fetc",
        "/v1/runs/..%5c..", "/v1/runs/.", "/v1/runs/%00", "/v1/runs/a%2Fb/log", "/v1/runs/..%2f/spec", "/v1/../metrics",
        "/v1/runs/%ff", "/v1/runs/%", "/nothing", "/", "/v2/runs", "//etc/passwd",
    ])
    func findsNothingOutside(path: String) async throws {
        let server = try TestServer()
        _ = try server.addRun()
        let answer = try await server.ask("GET", path)
        #expect(answer.status == 404)
        #expect(answer.error["code"] == "not_found")
        #expect(answer.error["hint"]?.isEmpty == false)
        await server.stop()
    }

    @Test(arguments: [
        ("", "body"), ("{", "JSON"), ("[]", "object"), ("{\"spec\": 1}", "spec"), ("{\"spec\": [\"a\"]}", "spec"),
        ("{\"spec\": \"\", \"spec\": \"\"}", "more than once"), ("{\"spec\": \"\", \"colour\": 1}", "colour"),
        ("{}", "spec"), ("{\"spec\": \"\", \"overrides\": \"a=b\"}", "overrides"),
        ("{\"spec\": \"\", \"overrides\": [1]}", "overrides"), ("{\"spec\": \"\\u0000\"}", "zero"),
        ("{\"spec\": \"\\ud800\"}", "surrogate"), ("{\"spec\": \"\"} x", "the end was expected"),
        ("{\"spec\": nul}", "value"),
        ("{\"spec\": 01}", "expected"), (String(repeating: "[", count: 5000), "deep"),
    ])
    func refusesWrongBodies(body: String, word: String) async throws {
        let server = try TestServer()
        let answer = try await server.ask("POST", "/v1/runs", body)
        #expect(answer.status == 400)
        #expect(answer.error["code"] == "bad_request")
        let text = "\(answer.error["message"] ?? "") \(answer.error["hint"] ?? "")"
        #expect(body.isEmpty || text.contains(word), "\(text)")
        await server.stop()
    }

    @Test(arguments: [
        ("/v1/runs?colour=1", "colour"), ("/v1/runs?limit=0", "limit"), ("/v1/runs?limit=x", "limit"),
        ("/v1/runs?limit=1&limit=2", "twice"), ("/v1/runs?state=asleep", "state"), ("/v1/runs?state=", "state"),
        ("/v1/runs?limit=99999999999999999999", "limit"), ("/v1/runs?name=%zz", "UTF-8"), ("/v1/health?x", "\"x\""),
        ("/v1/events?after=-1", "after"), ("/v1/events?after=first", "after"),
    ])
    func refusesWrongQueries(path: String, word: String) async throws {
        let server = try TestServer()
        let answer = try await server.ask("GET", path)
        #expect(answer.status == 400)
        let text = "\(answer.error["message"] ?? "") \(answer.error["hint"] ?? "")"
        #expect(text.contains(word), "\(text)")
        await server.stop()
    }

    @Test func refusesOtherMethodsTypesAndBodies() async throws {
        let server = try TestServer()
        let id = try server.addRun()
        for method in ["PUT", "PATCH", "POST", "OPTIONS", "TRACE"] {
            let answer = try await server.ask(method, "/v1/runs/\(id)")
            #expect(answer.status == 405, "\(method)")
            #expect(answer.headers["allow"] == "DELETE, GET, HEAD")
        }
        let plain = try await server.ask("POST", "/v1/runs", "spec", headers: ["Content-Type: text/plain"])
        #expect(plain.status == 415)
        #expect(plain.error["code"] == "unsupported_media_type")
        let charset = ["Content-Type: Application/JSON; charset=utf-8"]
        #expect(try await server.ask("POST", "/v1/runs", "{\"spec\": \"\"}", headers: charset).status == 422)
        #expect(try await server.ask("GET", "/v1/health", "{}").status == 400)
        await server.stop()
    }

    @Test func refusesLargeBodiesAndGoesOn() async throws {
        let server = try TestServer()
        let statuses = try await offPool { [socket = server.socket] in
            let client = try RawClient(unix: socket)
            let large = "{\"spec\": \"\(String(repeating: "x", count: 3 << 20))\"}"
            client.send(TestServer.request("POST", "/v1/runs", large).utf8)
            let first = try client.response()
            // In chunks, whose sum nobody has announced.
            client.send(
                TestServer.request(
                    "POST", "/v1/runs", nil, ["Transfer-Encoding: chunked", "Content-Type: application/json"]
                ).utf8)
            for _ in 0..<40 { client.send("10000\r\n\(String(repeating: "y", count: 0x10000))\r\n".utf8) }
            client.send("0\r\n\r\n".utf8)
            let second = try client.response()
            client.send(TestServer.request("GET", "/v1/health").utf8)
            return [
                first.status, second.status, try client.response().status, first.error["code"] == "too_large" ? 1 : 0,
            ]
        }
        #expect(statuses == [413, 413, 200, 1])
        #expect(server.service.state.withLock { $0.submissions.isEmpty })
        let exact = "{\"spec\": \"" + String(repeating: "x", count: (1 << 20) - 12) + "\"}"
        #expect(exact.utf8.count == 1 << 20)
        #expect(try await server.ask("POST", "/v1/runs", exact).status == 422)
        await server.stop()
    }

    @Test func refusesWhatIsNoHTTP() async throws {
        let server = try TestServer()
        for text in [
            "GARBAGE\r\n\r\n", "GET /v1/health\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}",
            "GET /v1/health HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
            "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "GET /v1/health HTTP/1.1\r\nHost: x\r\nLong: " + String(repeating: "x", count: 70_000) + "\r\n\r\n",
            "GET /v1/health HTTP/1.1\r\n" + (0..<200).map { "H\($0): x\r\n" }.joined() + "\r\n",
        ] {
            let answer = try await offPool { [socket = server.socket] in
                let client = try RawClient(unix: socket)
                client.send(text.utf8)
                shutdown(client.descriptor, Int32(SHUT_WR))
                return try client.response()
            }
            #expect(answer.status == 400, "\(text.prefix(60))")
            #expect(answer.error["code"] == "bad_request")
        }
        #expect(try await server.ask("GET", "/v1/health").status == 200)
        await server.stop()
    }
}
