import HTTPTypes
import Hummingbird

/// Live data.
extension Interface {
    var eventRoutes: [Route] {
        let after = QueryParameter(
            "after", .sequence, "the event to go on after; 0: all of them (default); last: those from now on")
        let answer = Route.Answer(
            status: .ok,
            text: "Server-sent events: `id` is the number of the event, `event` its kind, `data` a JSON object",
            content: .text(EventStream.contentType))
        return [
            Route(
                method: .get, path: "/v1/runs/{id}/events", name: "followRun", summary: "What happens to a run",
                query: [after], isResumable: true, answers: [answer], errors: [.notFound, .conflict]
            ) { (call) throws(ServiceError) in
                guard let feed = service.feed(of: call.id) else { throw Self.noRun(call.id) }
                return try stream(feed, call)
            },
            Route(
                method: .get, path: "/v1/events", name: "followAll",
                summary: "Changes of state of all runs, and removals", query: [after], isResumable: true,
                answers: [answer], errors: [.conflict]
            ) { (call) throws(ServiceError) in
                guard let feed = service.feed(of: nil) else {
                    throw ServiceError(.unavailable, "there are no events just now", hint: "try again")
                }
                return try stream(feed, call)
            },
        ]
    }

    private func stream(_ feed: any EventFeed, _ call: Call) throws(ServiceError) -> Response {
        try EventStream(
            feed, lastSeen: call.headers[.init("Last-Event-ID")!], after: call.query["after"], ending: ending,
            heartbeat: heartbeat
        ).response
    }
}
