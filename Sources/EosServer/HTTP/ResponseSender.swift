import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Writes responses as fast as the client takes them; one that takes nothing for too long loses its connection.
struct ResponseSender: Sendable {
    let outbound: NIOAsyncChannelOutboundWriter<HTTPResponsePart>
    let channel: any Channel
    /// Seconds.
    let stall: Double

    func informational(_ status: HTTPResponse.Status) async throws {
        try await outbound.write(.head(HTTPResponse(status: status)))
    }

    func send(_ response: Response) async throws {
        guard response.body.contentLength == nil else {
            return try await guarded {
                try await ResponseWriter(outbound: outbound).write(response: response.head, body: response.body)
            }
        }
        var head = response.head
        head.headerFields[.connection] = "close"
        try await guarded { try await outbound.write(.head(head)) }
        try await response.body.write(BodyWriter(sender: self))
    }

    /// Ends this side of the connection, once everything has been handed to the system.
    func finish() async throws {
        try await guarded { try await channel.close(mode: .output).get() }
    }

    fileprivate func guarded(_ write: () async throws -> Void) async throws {
        let timer = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(stall * 1000))) { [channel] in
            channel.close(promise: nil)
        }
        defer { timer.cancel() }
        try await write()
    }

    private struct BodyWriter: ResponseBodyWriter {
        let sender: ResponseSender

        func write(_ buffer: ByteBuffer) async throws {
            try await sender.guarded { try await sender.outbound.write(.body(buffer)) }
        }

        consuming func finish(_ trailers: HTTPFields?) async throws {
            try await sender.guarded { try await sender.outbound.write(.end(trailers)) }
        }
    }
}
