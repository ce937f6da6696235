import EosServer
import Foundation
import Testing

@Suite struct LimitTests {
    @Test func refusesTooManyConnections() async throws {
        var limits = HTTPServer.Limits()
        limits.connections = 3
        let server = try TestServer(limits)
        let answer = try await offPool { [socket = server.socket] in
            var clients = try (0..<3).map { _ in try RawClient(unix: socket) }
            for client in clients {
                client.send(TestServer.request("GET", "/v1/health").utf8)
                _ = try client.response()
            }
            let late = try RawClient(unix: socket)
            late.send(TestServer.request("GET", "/v1/health").utf8)
            let answer = try late.response()
            guard try late.line() == nil else { throw ClientProblem("the connection stayed") }
            clients.removeAll()
            return answer
        }
        #expect(answer.status == 503)
        #expect(answer.error["code"] == "unavailable")
        #expect(answer.headers["retry-after"] == "1")
        // Room again, once the others have left.
        while try await server.ask("GET", "/v1/health").status == 503 { try await Task.sleep(for: .milliseconds(5)) }
        await server.stop()
    }

    @Test func closesIdleAndSlowConnections() async throws {
        var limits = HTTPServer.Limits()
        limits.idle = 0.2
        limits.request = 0.2
        let server = try TestServer(limits)
        let ends = try await offPool { [socket = server.socket] in
            let silent = try RawClient(unix: socket)
            let idle = try RawClient(unix: socket)
            idle.send(TestServer.request("GET", "/v1/health").utf8)
            _ = try idle.response()
            let slow = try RawClient(unix: socket)
            slow.send("GET /v1/health HTTP/1.1\r\nHost:".utf8)
            let trickle = try RawClient(unix: socket)
            trickle.send("POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".utf8)
            // A byte now and then does not keep it open.
            while trickle.send("x".utf8) { usleep(10_000) }
            return [try silent.line() == nil, try idle.line() == nil, try slow.line() == nil]
        }
        #expect(ends == [true, true, true])
        await server.stop()
    }

    @Test func closesConnectionsThatTakeNothing() async throws {
        var limits = HTTPServer.Limits()
        limits.stall = 0.3
        let server = try TestServer(limits)
        for _ in 0..<2000 { server.service.all.append(data: "{\"x\": \"\(String(repeating: "y", count: 2000))\"}") }
        let whole = try await offPool { [socket = server.socket] in
            let client = try RawClient(unix: socket)
            client.send(TestServer.request("GET", "/v1/events").utf8)
            _ = try client.response()
            // Until the server has hung up; reading would only make room.
            var entry = pollfd(fd: client.descriptor, events: 0, revents: 0)
            guard poll(&entry, 1, 120_000) == 1 else { throw ClientProblem("the connection stayed") }
            return (try? client.events(2000).count) ?? 0
        }
        #expect(whole < 2000)
        await server.stop()
    }

    @Test func servesManyClients() async throws {
        let server = try TestServer()
        let id = try server.addRun()
        let failures = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for _ in 0..<200 {
                tasks.addTask {
                    try await offPool { [socket = server.socket] in
                        let client = try RawClient(unix: socket)
                        var failures = 0
                        for _ in 0..<20 {
                            client.send(TestServer.request("GET", "/v1/runs/\(id)").utf8)
                            failures += try client.response().status == 200 ? 0 : 1
                        }
                        return failures
                    }
                }
            }
            return try await tasks.reduce(0, +)
        }
        #expect(failures == 0)
        await server.stop()
    }

    /// Runs of requests that go on are answered before the server ends.
    @Test func answersWhatIsUnderWayWhenItStops() async throws {
        let server = try TestServer()
        let id = try server.addRun(iterates: 20_000)
        async let answer = server.ask("GET", "/v1/runs/\(id)/metrics?limit=20000")
        try await Task.sleep(for: .milliseconds(5))
        await server.stop()
        if let answer = try? await answer { #expect(answer.status == 200) }
        await #expect(throws: ClientProblem.self) { try await server.ask("GET", "/v1/health") }
    }
}
