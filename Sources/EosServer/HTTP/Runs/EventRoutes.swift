import HTTPTypes
import Hummingbird

/// Live data.
extension Interface {
    var eventRoutes: [Route] {
        let after = QueryParameter(
            "after", .sequence,
            "the number of an event: the stream begins after it. 0, the default, sends all events; last sends new "
                + "events only"
        )
        let answer = Route.Answer(
            status: .ok,
            text: "Server-sent events: `id` is the number of the event, `event` its kind, `data` a JSON object",
            content: .text(EventStream.contentType))
        return [
            Route(
                method: .get, path: "/v1/runs/{id}/events", name: "followRun", summary: "Events of a run",
                query: [after], isResumable: true, answers: [answer], errors: [.notFound, .conflict]
            ) { (call) throws(ServiceError) in
                guard let feed = service.feed(of: call.id) else { throw Self.noRun(call.id) }
                return try stream(feed, call)
            },
            Route(
                method: .get, path: "/v1/events", name: "followAll",
                summary: "Changes of state and removals of all runs", query: [after], isResumable: true,
                answers: [answer], errors: [.conflict]
            ) { (call) throws(ServiceError) in
                guard let feed = service.feed(of: nil) else {
                    throw ServiceError(.unavailable, "events are not available at the moment", hint: "try again later")
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
