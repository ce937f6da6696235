import EosServer
import Foundation
import Testing

@Suite struct EventTests {
    @Test func followsFromAnyNumberOn() async throws {
        let server = try TestServer()
        let feed = FakeFeed()
        for index in 1...5 { feed.append(.iterates, run: "r", data: "{\"last\": \(index)}") }
        let id = try server.addRun(to: feed)
        let path = "/v1/runs/\(id)/events"
        let first = try await server.follow(path, count: 5)
        #expect(first.map(\.id) == [1, 2, 3, 4, 5])
        #expect(first[0].kind == "iterates")
        #expect(first[0].data == "{\"run\": \"r\", \"time\": 1.5, \"last\": 1}")
        #expect(try await server.follow("\(path)?after=3", count: 2).map(\.id) == [4, 5])
        // What a client that was cut off sends counts more than the address that it had begun with.
        let header = ["Last-Event-ID: 4"]
        #expect(try await server.follow("\(path)?after=0", headers: header, count: 1).map(\.id) == [5])
        // Those before have left, so that the next one to wait is the one that is meant.
        while feed.waiters > 0 { try await Task.sleep(for: .milliseconds(5)) }
        async let later = server.follow("\(path)?after=last", count: 2)
        while feed.waiters == 0 { try await Task.sleep(for: .milliseconds(5)) }
        feed.append(.state, data: "{}")
        feed.append(.removed)
        let news = try await later
        #expect(news.map(\.id) == [6, 7])
        #expect(news.map(\.kind) == ["state", "removed"])
        #expect(news[0].data == "{\"run\": \"run\", \"time\": 1.5}")
        await server.stop()
    }

    @Test func refusesNumbersThatAreNone() async throws {
        let server = try TestServer()
        server.service.all.append()
        let beyond = try await server.ask("GET", "/v1/events?after=2")
        #expect(beyond.status == 409)
        #expect(beyond.error["message"] == "there is no event 2 yet, the last one is 1")
        let header = try await server.ask("GET", "/v1/events", headers: ["Last-Event-ID: x"])
        #expect(header.status == 400)
        #expect(try await server.ask("GET", "/v1/runs/none/events").status == 404)
        await server.stop()
    }

    @Test func losesNothingAcrossReconnects() async throws {
        let server = try TestServer()
        let feed = server.service.all
        let writer = Task {
            for index in 0..<3000 {
                feed.append()
                if index % 50 == 0 { try await Task.sleep(for: .milliseconds(1)) }
            }
            feed.end()
        }
        var seen: [Int] = []
        while seen.count < 3000 {
            let more = try await server.follow("/v1/events?after=\(seen.last ?? 0)", count: min(170, 3000 - seen.count))
            seen += more.map(\.id)
        }
        try await writer.value
        #expect(seen == Array(1...3000))
        await server.stop()
    }

    @Test func endsWithItsFeed() async throws {
        let server = try TestServer()
        let feed = FakeFeed()
        feed.append()
        let id = try server.addRun(to: feed)
        let isWhole = try await offPool { [socket = server.socket] in
            let client = try RawClient(unix: socket)
            client.send(TestServer.request("GET", "/v1/runs/\(id)/events").utf8)
            _ = try client.response()
            var text: [UInt8] = []
            feed.end()
            while let chunk = try client.chunk() { text += chunk }
            return try String(decoding: text, as: UTF8.self).contains("id: 1\n") && client.line() == nil
        }
        #expect(isWhole)
        await server.stop()
    }

    @Test func givesSignsOfLife() async throws {
        var limits = HTTPServer.Limits()
        limits.heartbeat = 0.02
        let server = try TestServer(limits)
        let count = try await offPool { [socket = server.socket] in
            let client = try RawClient(unix: socket)
            client.send(TestServer.request("GET", "/v1/events").utf8)
            _ = try client.response()
            var beats = 0
            while beats < 5, let chunk = try client.chunk() { beats += chunk == Array(":\n\n".utf8) ? 1 : 0 }
            return beats
        }
        #expect(count == 5)
        await server.stop()
    }

    /// A client that does not read is not written to: what it has not taken stays in the feed.
    @Test func waitsForSlowReaders() async throws {
        let server = try TestServer()
        let feed = server.service.all
        let blob = String(repeating: "x", count: 4000)
        for _ in 0..<5000 { feed.append(data: "{\"blob\": \"\(blob)\"}") }
        let client = try await offPool { [socket = server.socket] in
            let client = Unchecked(try RawClient(unix: socket))
            client.value.send(TestServer.request("GET", "/v1/events").utf8)
            _ = try client.value.response()
            return client
        }
        // Reads stop once socket and channel are full, long before the twenty that the whole of it takes.
        var reads = 0
        repeat {
            reads = feed.reads
            try await Task.sleep(for: .milliseconds(300))
        } while feed.reads != reads
        #expect(reads < 10)
        // Then it gets everything after all.
        let ids = try await offPool { try client.value.events(5000).map(\.id) }
        #expect(ids == Array(1...5000))
        await server.stop()
    }

    @Test func letsGoOfClientsThatLeave() async throws {
        let server = try TestServer()
        let feed = server.service.all
        for _ in 0..<20 {
            try await offPool { [socket = server.socket] in
                let client = try RawClient(unix: socket)
                client.send(TestServer.request("GET", "/v1/events").utf8)
                _ = try client.response()
                _ = try client.chunk()
            }
        }
        // Long before a sign of life would tell.
        while feed.waiters > 0 { try await Task.sleep(for: .milliseconds(5)) }
        await server.stop()
    }

    @Test func endsStreamsWhenTheServerStops() async throws {
        let server = try TestServer()
        async let events = server.follow("/v1/events?after=last", count: 1)
        while server.service.all.waiters == 0 { try await Task.sleep(for: .milliseconds(5)) }
        await server.stop()
        #expect(try await events.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: server.socket))
    }
}

struct SeenEvent: Sendable {
    let id: Int
    let kind: String
    let data: String
}

extension RawClient {
    /// So many events of a stream whose head has been read; fewer where it ends.
    func events(_ count: Int) throws -> [SeenEvent] {
        var events: [SeenEvent] = []
        var text: [UInt8] = []
        while events.count < count, let chunk = try chunk() {
            text += chunk
            while events.count < count, let end = text.firstRange(of: Array("\n\n".utf8)) {
                let block = String(decoding: text[..<end.lowerBound], as: UTF8.self)
                text.removeSubrange(..<end.upperBound)
                var fields: [Substring: String] = [:]
                for line in block.split(separator: "\n") {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    if parts.count == 2 { fields[parts[0]] = parts[1].trimmingCharacters(in: .whitespaces) }
                }
                // The first block says where the stream begins, and is no event.
                guard let id = fields["id"].flatMap({ Int($0) }), let data = fields["data"] else { continue }
                events.append(SeenEvent(id: id, kind: fields["event"] ?? "", data: data))
            }
        }
        return events
    }
}

extension TestServer {
    func addRun(to feed: FakeFeed) throws -> String {
        let id = try addRun()
        service.state.withLock { $0.runs[$0.runs.count - 1].feed = feed }
        return id
    }

    /// The next `count` events of a stream.
    func follow(_ path: String, headers: [String] = [], count: Int) async throws -> [SeenEvent] {
        try await offPool { [socket] in
            let client = try RawClient(unix: socket)
            client.send(TestServer.request("GET", path, nil, headers).utf8)
            let response = try client.response()
            guard response.status == 200 else { throw ClientProblem("\(response.status): \(response.text)") }
            return try client.events(count)
        }
    }
}

/// Handed from one thread to the next, never shared.
struct Unchecked<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
