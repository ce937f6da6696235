import EosClient
import Foundation
import TestSupport
import Testing

@Suite struct ClientTests {
    private func answer(_ status: String, _ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    @Test func pagesOfTheListAreReadToTheEnd() throws {
        let place = try TemporaryDirectory()
        let run = #"{"run": "a-1", "state": "paused", "loss": {"last": 0.5}, "metrics": {"z": 1, "a": null}}"#
        let server = try ScriptedServer(
            place.path + "/s",
            [
                answer("200 OK", #"{"runs": [\#(run)], "next": "a-1"}"#),
                answer("200 OK", #"{"runs": [\#(run)], "next": null}"#),
            ])
        let reports = try Client(.socket(server.path)).reports(states: [.paused, .queued], name: "a b/ä")
        #expect(reports.count == 2)
        let summary = reports[0].summary
        #expect(summary.state == .paused && summary.numbers[.loss] == 0.5 && summary.numbers[.step] == nil)
        #expect(summary.metrics.map(\.name) == ["z", "a"] && summary.metrics.map(\.value) == [1, nil])
        let query = "/v1/runs?limit=10000&state=queued%2Cpaused".replacing("queued%2Cpaused", with: "paused%2Cqueued")
        #expect(server.requests[0].hasPrefix("GET \(query)&name=a%20b%2F%C3%A4 HTTP/1.1\r\n"))
        #expect(server.requests[1].contains("&after=a-1 HTTP/1.1\r\n"))
    }

    @Test(arguments: [
        ("422 Unprocessable Content", #"{"error": {"code": "invalid_spec", "message": "bad", "hint": "do"}}"#, true),
        ("503 Service Unavailable", #"{"error": {"code": "unavailable", "message": "bad", "hint": "do"}}"#, false),
    ])
    func refusalsCarryMessageAndHint(status: String, body: String, isMistake: Bool) throws {
        let place = try TemporaryDirectory()
        let server = try ScriptedServer(place.path + "/s", [answer(status, body)])
        let error = #expect(throws: ClientError.self) { try Client(.socket(server.path)).report(of: "x") }
        #expect(error?.description == "bad; do")
        #expect(error?.isMistake == isMistake && error?.mayPass == !isMistake)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP; check the address"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "closed the connection"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{", "is not JSON"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "the answer does not describe a run"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nhi", "answered with status 404 and no reason"),
        ("", "closed the connection before it answered"),
    ])
    func whatIsNoAnswerIsSaid(text: String, fault: String) throws {
        let place = try TemporaryDirectory()
        let server = try ScriptedServer(place.path + "/s", [text])
        let error = #expect(throws: ClientError.self) { try Client(.socket(server.path)).report(of: "x") }
        #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
    }

    @Test func whoDoesNotListenIsNamedWithTheRemedy() throws {
        let place = try TemporaryDirectory()
        func fault(_ path: String) -> String? {
            #expect(throws: ClientError.self) { try Client(.socket(path)).report(of: "x") }?.description
        }
        let none = place.path + "/none"
        #expect(fault(none) == "eosd does not listen on \(none); start eosd, or give its --socket")
        try Data().write(to: URL(filePath: place.path + "/file"))
        #expect(fault(place.path + "/file")?.contains("start eosd") == true)
        #expect(fault("/" + String(repeating: "x", count: 200))?.contains("give its --socket") == true)
        let tcp = #expect(throws: ClientError.self) {
            try Client(.host("127.0.0.1", port: 1, token: "t")).report(of: "x")
        }
        #expect(tcp?.description.contains("eosd does not listen on 127.0.0.1:1 (Connection refused)") == true)
    }

    @Test func aQuestionIsAskedAgainWhereTheServerIsStartedAgain() throws {
        let place = try TemporaryDirectory()
        let run = #"{"run": "a-1", "state": "paused"}"#
        let server = try ScriptedServer(place.path + "/s", ["", "", answer("200 OK", run)])
        #expect(try Client(.socket(server.path), endurance: 60).report(of: "a-1").id == "a-1")
        #expect(server.requests.count == 3)
        // What does something is not done twice.
        let other = try ScriptedServer(place.path + "/t", ["", answer("200 OK", run)])
        #expect(throws: ClientError.self) { try Client(.socket(other.path), endurance: 60).perform(.pause, on: "a-1") }
    }

    @Test func partsOfAnAnswerEndWhereTheyAreNotWanted() throws {
        let place = try TemporaryDirectory()
        let server = try ScriptedServer(place.path + "/s", [answer("200 OK", String(repeating: "x", count: 1 << 22))])
        try Client(.socket(server.path)).stream(.get("/")) { _ in false }
        #expect(server.requests.count == 1)
    }
}
