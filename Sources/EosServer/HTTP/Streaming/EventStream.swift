import HTTPTypes
import Hummingbird
import NIOCore

/// The events of a feed as server-sent events (WHATWG HTML, 9.2), from one sequence number on.
///
/// It reads as much as the client takes: what a slow one has not taken yet stays where the feed has it.
struct EventStream: Sendable {
    static let contentType = "text/event-stream"
    /// Events in one piece.
    private static let most = 256
    /// Milliseconds. While many runs start and end, what happens within this time goes out at once: a hundred streams that
    /// were woken by every event would keep a processor busy. Each takes its own time, since all of them at once would
    /// keep a request waiting.
    private static let gathering = 50...150

    let feed: any EventFeed
    let start: Int
    /// Opens when eosd ends.
    let ending: Latch
    let heartbeat: Heartbeat

    /// - Parameters:
    ///   - lastSeen: the header Last-Event-ID, which a client sends that was cut off.
    ///   - after: the query: a number, or `last`.
    /// - Throws: where the number is none, or that of an event which has not happened.
    init(
        _ feed: any EventFeed, lastSeen: String?, after: String?, ending: Latch, heartbeat: Heartbeat
    ) throws(ServiceError) {
        self.feed = feed
        self.ending = ending
        self.heartbeat = heartbeat
        let last = feed.last
        guard let text = lastSeen ?? after else {
            start = 0
            return
        }
        if lastSeen == nil, text == "last" {
            start = last
            return
        }
        guard let number = Int(text), number >= 0 else {
            throw ServiceError(
                .badRequest, "Last-Event-ID is \"\(text.prefix(100))\"", hint: "send the number of an event, 0 or more"
            )
        }
        guard number <= last else {
            throw ServiceError(
                .conflict, "there is no event \(number) yet, the last one is \(last)",
                hint: "begin again with ?after=0, because these events belong to another run or home")
        }
        start = number
    }

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: Self.contentType, .cacheControl: "no-store"],
            body: .init { writer in
                try await write(to: &writer)
                try await writer.finish(nil)
            })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        // Something at once, so that the client knows that it is connected, how soon to come back, and after which event,
        // even where it has seen none.
        try await writer.write(ByteBuffer(string: "id: \(start)\nretry: 1000\n\n"))
        var sequence = start
        var beat = heartbeat.mark
        while !ending.isOpen {
            let events = try await feed.read(after: sequence, limit: Self.most)
            if let last = events.last {
                try await writer.write(ByteBuffer(string: events.map(\.text).joined()))
                sequence = last.sequence
                beat = heartbeat.mark
                // While more is to be read it goes on at once.
                if sequence >= feed.last { try await gather() }
            } else if feed.hasEnded {
                return
            } else if await waitForEvent(after: sequence, beat) {
                try await gather()
            } else {
                try await writer.write(ByteBuffer(string: ":\n\n"))
                beat = heartbeat.mark
            }
            try Task.checkCancellation()
        }
    }

    private func gather() async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: Self.gathering)))
    }

    /// False where a sign of life is due, and nothing has happened.
    private func waitForEvent(after sequence: Int, _ beat: Int) async -> Bool {
        await withTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                await feed.wait(after: sequence)
                return true
            }
            tasks.addTask {
                await ending.wait()
                return true
            }
            tasks.addTask {
                await heartbeat.wait(since: beat)
                return false
            }
            let first = await tasks.next()!
            tasks.cancelAll()
            return first
        }
    }
}

/// Says when a sign of life is due, to all streams at once: a timer for every wait of every stream would keep its memory
/// until its time has come, long after the wait is over.
final class Heartbeat: Sendable {
    private let interval: Double
    private let waiters = Waiters()

    /// - Parameter interval: seconds from one beat to the next.
    init(every interval: Double) { self.interval = interval }

    /// What to pass to `wait`: the next beat after now is the one that is meant.
    var mark: Int { waiters.mark }

    /// Returns at the first beat after `mark` was taken, or when the task is cancelled.
    func wait(since mark: Int) async { await waiters.wait(since: mark) }

    /// Beats until the task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: .seconds(interval))) != nil { waiters.notify() }
    }
}
