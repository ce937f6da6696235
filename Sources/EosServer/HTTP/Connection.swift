import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// One connection: reads a request with its body, answers it, goes on with the next.
struct Connection: Sendable {
    enum Verdict: Sendable {
        case allowed
        case refused(ServiceError)
        /// Each request says who it is.
        case byHeaders
    }

    let channel: HTTP1Channel.Value
    let verdict: Verdict
    let access: AccessPolicy
    let table: RouteTable
    let limits: HTTPServer.Limits

    /// Of a body that is refused, this much is read and dropped, so that the client reads the answer instead of an error.
    private static let mostDropped = 64 << 20

    func serve() async {
        // What goes wrong on a connection ends it, and is the client's business.
        try? await channel.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            do {
                while let part = try await parts.next() {
                    guard case .head(let head) = part else { return }
                    let refusal = refusal(of: head)
                    let sender = ResponseSender(outbound: outbound, channel: channel.channel, stall: limits.stall)
                    if refusal == nil, head.headerFields[.expect]?.lowercased() == "100-continue", !isTooLarge(head) {
                        try await sender.informational(.continue)
                    }
                    let body = try await withDeadline(limits.request) {
                        try await collect(&parts, keeping: refusal == nil)
                    }
                    let response =
                        if let refusal {
                            Response(refusal)
                        } else if let bytes = body.bytes {
                            await table.respond(to: Request(head: head, body: .init(buffer: bytes)))
                        } else {
                            Response(RouteTable.tooLarge)
                        }
                    if response.body.contentLength == nil {
                        return try await stream(response, sender, &parts)
                    }
                    try await sender.send(response)
                    if !body.isComplete || isLast(head) { return try await sender.finish() }
                }
            } catch let error as HTTPParserError {
                let isLong = error == .headerOverflow
                let refusal = ServiceError(
                    .badRequest, isLong ? "the headers are too long" : "the request is not HTTP/1.1: \(error)",
                    hint: isLong ? "send fewer and shorter headers" : "")
                let sender = ResponseSender(outbound: outbound, channel: channel.channel, stall: limits.stall)
                try await sender.send(Response(refusal, headers: [.connection: "close"]))
                try await sender.finish()
            }
        }
    }

    private func refusal(of head: HTTPRequest) -> ServiceError? {
        switch verdict {
        case .allowed: nil
        case .refused(let error): error
        case .byHeaders: access.refusal(of: head)
        }
    }

    /// Whether no request follows.
    private func isLast(_ head: HTTPRequest) -> Bool {
        if case .refused = verdict { return true }
        return head.headerFields[.connection]?.lowercased() == "close"
    }

    private func isTooLarge(_ head: HTTPRequest) -> Bool {
        head.headerFields[.contentLength].flatMap { Int($0) }.map { $0 > RouteTable.largestBody } ?? false
    }

    /// What came behind a head. `bytes` is nil where it was too large or not wanted.
    private struct Body {
        var bytes: ByteBuffer?
        /// Whether all was read.
        var isComplete = false
    }

    private typealias Parts = NIOAsyncChannelInboundStream<HTTPRequestPart>.AsyncIterator

    private func collect(_ parts: inout Parts, keeping isWanted: Bool) async throws -> Body {
        var body = Body(bytes: isWanted ? ByteBuffer() : nil)
        var count = 0
        while let part = try await parts.next() {
            switch part {
            case .body(var piece):
                count += piece.readableBytes
                if count > RouteTable.largestBody { body.bytes = nil }
                body.bytes?.writeBuffer(&piece)
                if count > Self.mostDropped { return body }
            case .end:
                body.isComplete = true
                return body
            case .head: return body
            }
        }
        return body
    }

    /// Closes the connection where an operation takes longer.
    private func withDeadline<Result>(_ seconds: Double, _ operation: () async throws -> Result) async throws -> Result
    {
        let timer = channel.channel.eventLoop.scheduleTask(in: .milliseconds(Int64(seconds * 1000))) { [channel] in
            channel.channel.close(promise: nil)
        }
        defer { timer.cancel() }
        return try await operation()
    }

    /// Writes a body of unknown length, which is the last one on this connection, while watching for the client to leave.
    private func stream(_ response: Response, _ sender: ResponseSender, _ parts: inout Parts) async throws {
        let endsWithInput = response.headers[.contentType] == EventStream.contentType
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                // Whichever way it ends, nothing more is read from this client.
                defer { channel.channel.close(mode: .input, promise: nil) }
                try await sender.send(response)
                try await sender.finish()
            }
            while try await parts.next() != nil {}
            // Half a connection is enough for a file; whoever follows events has gone.
            if endsWithInput { tasks.cancelAll() }
            try await tasks.waitForAll()
        }
    }
}

/// Runs tasks on an event loop, so that a request that is answered from memory changes no thread.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
