import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Serves the interface on sockets until it is told to stop.
public final class HTTPServer: Sendable {
    /// What bounds connections. Times are in seconds.
    public struct Limits: Sendable {
        public var connections = 1024
        /// Of a connection on which nothing is asked.
        public var idle = 60.0
        /// From the head of a request to its end.
        public var request = 60.0
        /// Of a client that takes nothing of what it asked for.
        public var stall = 300.0
        /// Between two signs of life on a stream of events.
        public var heartbeat = 15.0

        public init() {}
    }

    private let access: AccessPolicy
    private let limits: Limits
    private let logger: Logger
    private let table: RouteTable
    private let ending = Latch()
    private let heartbeat: Heartbeat
    private let connections = Connections()
    private let group: MultiThreadedEventLoopGroup

    /// - Parameters:
    ///   - home: of eosd, as it is to be shown.
    ///   - logger: requests that go wrong for reasons of eosd are errors, refused ones are not logged.
    public init(
        service: any RunService, home: String, access: AccessPolicy, limits: Limits = Limits(), logger: Logger
    ) {
        self.access = access
        self.limits = limits
        self.logger = logger
        let background = Background()
        let metrics = HTTPMetrics()
        heartbeat = Heartbeat(every: limits.heartbeat)
        let interface = Interface(
            service: service, home: home, background: background, metrics: metrics, ending: ending,
            heartbeat: heartbeat)
        table = RouteTable(interface.routes, metrics: metrics, logger: logger)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    }

    /// Serves until `stop` or until the task is cancelled; then the sockets are closed and our socket files are gone.
    public func run(on sockets: [ListeningSocket]) async {
        let beating = Task { await heartbeat.run() }
        await withDiscardingTaskGroup { tasks in
            for socket in sockets {
                tasks.addTask { await self.serve(socket) }
            }
        }
        beating.cancel()
        for socket in sockets { socket.removeFile() }
        try? await group.shutdownGracefully()
    }

    /// Takes no more connections, ends streams of events, and closes the rest once they are answered or `grace` seconds
    /// are over.
    public func stop(grace: Double = 5) async {
        ending.open()
        connections.quiesce()
        await connections.wait(seconds: grace)
        connections.close()
    }

    /// Whether the event loops turn and the service answers; does not return where they hang.
    public func answersItself() async -> Bool {
        for loop in group.makeIterator() {
            guard (try? await loop.submit {}.get()) != nil else { return false }
        }
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/v1/health")
        return await table.respond(to: Request(head: head, body: .init(buffer: ByteBuffer()))).status == .ok
    }

    private func serve(_ socket: ListeningSocket) async {
        do {
            let server = try await bootstrap(socket).bind(socket.descriptor) { [self] in accept($0, socket.kind) }
            connections.add(listener: server.channel)
            await withDiscardingTaskGroup { tasks in
                do {
                    try await server.executeThenClose { accepted in
                        for try await connection in accepted {
                            let executor = LoopExecutor(connection.channel.channel.eventLoop)
                            tasks.addTask(executorPreference: executor) { await connection.serve() }
                        }
                    }
                } catch {
                    if !ending.isOpen { logger.error("\(socket.name): \(error)") }
                }
            }
        } catch {
            logger.error("\(socket.name): the server failed: \(error)")
        }
    }

    private func bootstrap(_ socket: ListeningSocket) -> ServerBootstrap {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
        guard socket.kind == .tcp else { return bootstrap }
        return bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    }

    /// Finds out who has connected, before anything is read.
    private func accept(_ channel: any Channel, _ kind: ListeningSocket.Kind) -> EventLoopFuture<Connection> {
        let count = connections.add(channel)
        // A few beyond the limit are told why; more are closed.
        guard count <= limits.connections + 64 else {
            return channel.eventLoop.makeFailedFuture(ChannelError.connectionRefused)
        }
        let verdict: EventLoopFuture<Connection.Verdict>
        if count > limits.connections {
            let error = ServiceError(
                .unavailable, "all \(limits.connections) connections are in use",
                hint: "close some connections, or try again later")
            verdict = channel.eventLoop.makeSucceededFuture(.refused(error))
        } else if kind == .tcp {
            verdict = channel.eventLoop.makeSucceededFuture(.byHeaders)
        } else {
            verdict = Peer.of(channel).map { [access] in access.refusal(of: $0).map { .refused($0) } ?? .allowed }
        }
        let http = HTTP1Channel(
            responder: { _, _, _ in },
            configuration: .init(
                idleTimeout: .milliseconds(Int64(limits.idle * 1000)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
        return verdict.flatMap { [self] verdict in
            http.setup(channel: channel, logger: logger).map { [self] value in
                Connection(channel: value, verdict: verdict, access: access, table: table, limits: limits)
            }
        }
    }
}

extension ChannelError {
    /// The closest that there is.
    fileprivate static var connectionRefused: ChannelError { .inappropriateOperationForState }
}
