import EosClient
import Foundation
import TestSupport
import Testing

@Suite struct EventSourceTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

    /// The events up to `count` of them, and how often the stream was connected anew meanwhile.
    private func read(_ stream: EventSource, _ count: Int) throws -> (data: [String], resumed: Int) {
        var (data, resumed) = ([String](), 0)
        while data.count < count {
            switch try stream.next(within: 60) {
            case .event(let event): data.append(event.data)
            case .resumed: resumed += 1
            case .nothing: Issue.record("nothing came within a minute")
            }
        }
        return (data, resumed)
    }

    @Test func goesOnAfterTheLastEventSeen() throws {
        let place = try TemporaryDirectory()
        let server = try ScriptedServer(
            place.path + "/s",
            [
                Self.head + "id: 7\ndata: a\n\nid: 8\ndata: b\n\nid: 9\ndata: cut o",
                Self.head + "id: 9\ndata: c\n\n",
                Self.head + "id: 12\n\n",
                Self.head + "id: 13\ndata: d\n\n",
            ])
        let stream = try EventSource(.socket(server.path), "/v1/events")
        let (data, resumed) = try read(stream, 4)
        #expect(data == ["a", "b", "c", "d"])
        #expect(resumed == 3)
        #expect(server.requests[0].hasPrefix("GET /v1/events?after=last HTTP/1.1\r\n"))
        #expect(server.requests[0].contains("Accept: text/event-stream\r\n"))
        for (request, last) in zip(server.requests.dropFirst(), [8, 9, 12]) {
            #expect(request.hasPrefix("GET /v1/events HTTP/1.1\r\n"))
            #expect(request.contains("Last-Event-ID: \(last)\r\n"))
        }
    }

    @Test func waitsForAServerThatIsStartedAgain() throws {
        let place = try TemporaryDirectory()
        let first = try ScriptedServer(place.path + "/s", [Self.head + "id: 1\ndata: a\n\n"])
        let stream = try EventSource(.socket(first.path), "/v1/events")
        #expect(try read(stream, 1).data == ["a"])
        first.close()
        #expect(try stream.next(within: 0.5) == .nothing)
        #expect(!stream.isConnected)
        let second = try ScriptedServer(place.path + "/s", [Self.head + "id: 2\ndata: b\n\n"])
        #expect(try read(stream, 1).data == ["b"])
        #expect(second.requests[0].contains("Last-Event-ID: 1\r\n"))
        second.close()
    }

    @Test func givesUpWhenItsPatienceEnds() throws {
        let place = try TemporaryDirectory()
        let server = try ScriptedServer(place.path + "/s", [Self.head])
        let stream = try EventSource(.socket(server.path), "/v1/events", patience: 0.3)
        server.close()
        let error = #expect(throws: ClientError.self) { while try stream.next(within: 60) != .nothing {} }
        #expect(error?.kind == .unreachable)
    }

    @Test func aRefusalIsAnErrorAtOnce() throws {
        let place = try TemporaryDirectory()
        let body = #"{"error": {"code": "conflict", "message": "there is no event 9 yet", "hint": "begin again"}}"#
        let server = try ScriptedServer(
            place.path + "/s",
            ["HTTP/1.1 409 Conflict\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"])
        let error = #expect(throws: ClientError.self) { _ = try EventSource(.socket(server.path), "/v1/events") }
        #expect(error?.kind == .refused(status: 409) && error?.code == "conflict")
        #expect(error?.description == "there is no event 9 yet; begin again")
        #expect(throws: ClientError.self) { _ = try EventSource(.socket(place.path + "/none"), "/v1/events") }
    }

    /// More than the inbox takes: the connection is told to wait, and to go on.
    @Test(arguments: 1...10) func manyEventsArriveInOrder(time: Int) throws {
        let place = try TemporaryDirectory()
        let count = 50_000
        let server = try ScriptedServer(
            place.path + "/s", [Self.head + (1...count).map { "id: \($0)\ndata: \($0)\n\n" }.joined()])
        let stream = try EventSource(.socket(server.path), "/v1/events")
        #expect(try read(stream, count).data == (1...count).map(String.init))
    }
}
