import CEos
import EosCore
import Glibc
import Logging

/// What a daemon asks of its supervisor besides serving requests.
public protocol ManagedRunService: RunService {
    /// Adopts what goes on, restarts what was lost, begins with the queue.
    func start() throws(EosError)
    /// Begins nothing more; pauses every worker and waits for that, or leaves them to the next eosd.
    func drain(pause: Bool) async
    /// Looks for plugins again.
    func reload() async
}

/// eosd from its start to its end: sockets, service, signals, and what the service manager is told.
public struct Daemon: Sendable {
    public struct Options: Sendable {
        public var home: String
        /// nil: the standard path, unless sockets were handed over.
        public var socket: String?
        public var group: gid_t?
        public var listen: (host: String, port: Int)?
        public var token: String?
        public var anywhere = false
        public var pausesOnExit = false

        public init(home: String) { self.home = home }
    }

    private let options: Options
    private let logger: Logger
    private let notify = NotifySocket.fromEnvironment()
    private let keepAlive: KeepAlive?

    public init(_ options: Options, logger: Logger) {
        self.options = options
        self.logger = logger
        keepAlive = KeepAlive.fromEnvironment(notify)
    }

    /// Serves until a signal ends it.
    ///
    /// - Parameters:
    ///   - signals: SIGHUP reloads, the first of any other drains, the second ends at once.
    ///   - makeService: of a home.
    public func run<Service: ManagedRunService>(
        _ signals: AsyncStream<Int32>, makeService: (Home) throws(EosError) -> Service
    ) async throws(EosError) {
        let handedOver = try HandedOver.sockets()
        let home = try Home(options.home)
        let token: TokenFile? = if let path = options.token { try TokenFile(path) } else { nil }
        let service = try makeService(home)
        let sockets = try listen(handedOver)
        try service.start()
        let server = HTTPServer(
            service: service, home: home.path, access: AccessPolicy(group: options.group, token: token), logger: logger)
        for socket in sockets { logger.info("listens at \(socket.name)") }
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await server.run(on: sockets) }
            tasks.addTask { await report(service) }
            if let keepAlive { tasks.addTask { await keepAlive.run { await server.answersItself() } } }
            notify.send(.ready, .status(status(service)))
            await serve(signals, service, token)
            notify.send(.stopping, .status(options.pausesOnExit ? "pauses its runs" : "lets its runs continue"))
            // While runs are being paused, clients may look on.
            if options.pausesOnExit { await service.drain(pause: true) }
            await server.stop()
            if !options.pausesOnExit { await service.drain(pause: false) }
            tasks.cancelAll()
        }
        logger.info("ended")
        withExtendedLifetime(home) {}
    }

    private func listen(_ handedOver: [ListeningSocket]) throws(EosError) -> [ListeningSocket] {
        var sockets = handedOver
        if options.socket != nil || handedOver.isEmpty {
            let path: String = if let socket = options.socket { socket } else { try SocketPath.standard() }
            if let end = path.lastIndex(of: "/"), end > path.startIndex {
                // Whoever is let in by the socket's group has to get there.
                try Directories.make(String(path[..<end]), mode: options.group == nil ? 0o700 : 0o755)
            }
            sockets.append(try .unix(path, group: options.group))
        }
        if let listen = options.listen {
            sockets += try ListeningSocket.tcp(listen.host, port: listen.port, anywhere: options.anywhere)
        }
        guard options.token != nil || !sockets.contains(where: { $0.kind == .tcp }) else {
            throw EosError(EOS_E_INVALID, "TCP needs a token; give its file with --token-file")
        }
        return sockets
    }

    /// Returns when it is to end.
    private func serve(_ signals: AsyncStream<Int32>, _ service: some ManagedRunService, _ token: TokenFile?) async {
        for await signal in signals {
            guard signal == SIGHUP else {
                logger.info("\(signal == SIGINT ? "SIGINT" : "SIGTERM"): ends")
                Task.detached {
                    // A second one says that the first took too long. Workers go on: they are not ours to kill.
                    for await signal in signals where signal != SIGHUP { _exit(128 + signal) }
                }
                return
            }
            notify.send(.reloadingNow)
            do throws(EosError) { try token?.reload() } catch {
                logger.error("the old token remains valid: \(error.message)")
            }
            await service.reload()
            logger.info("reloaded")
            notify.send(.ready, .status(status(service)))
        }
    }

    /// Keeps the status up to date, where somebody reads it.
    private func report(_ service: some RunService) async {
        guard notify.isPresent else { return }
        var last = ""
        while (try? await Task.sleep(for: .seconds(10))) != nil {
            let now = status(service)
            if now != last { notify.send(.status(now)) }
            last = now
        }
    }

    /// "3 running, 12 queued".
    private func status(_ service: some RunService) -> String {
        let counts = service.reports().counts.filter { !$0.0.isEnd && $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
        return counts.isEmpty ? "nothing to do" : counts.joined(separator: ", ")
    }
}
