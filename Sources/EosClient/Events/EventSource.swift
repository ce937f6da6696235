import EosCore
import EosRunModel
import Foundation

/// Server-sent events that survive the connection: where it ends, as when eosd is started again, the stream connects
/// anew and goes on after the last event seen. One thread reads.
public final class EventSource {
    public enum Next: Sendable, Equatable {
        case event(ServerEvent)
        /// The stream is connected again. Whoever asked for no event yet may have missed some: look at the runs anew.
        case resumed
        /// Nothing within the time that was given.
        case nothing
    }

    private let address: Address
    private let target: String
    private let patience: Double
    private let clock = ContinuousClock()
    private let inbox = EventInbox()
    private var connection: Exchange?
    private let after: String
    private var failingSince: ContinuousClock.Instant?
    private var retryAt: ContinuousClock.Instant
    private var delay = Backoff()

    /// Connects, and returns once eosd has answered, so that no later event is missed.
    ///
    /// - Parameters:
    ///   - path: `/v1/events`, `/v1/runs/ID/events`.
    ///   - after: a sequence number, or "last": only what comes from now on.
    ///   - patience: seconds for which eosd may be gone later on before that is an error.
    /// - Throws: at once where it does not listen: there is nothing yet that would be worth waiting for.
    public init(
        _ address: Address, _ path: String, after: String = "last", patience: Double = 120
    ) throws(ClientError) {
        self.address = address
        target = path
        self.after = after
        self.patience = patience
        retryAt = clock.now
        try connect()
        var first: EventInbox.Item?
        while first == nil { first = inbox.wait(until: monotonicTime() + 1) }
        guard case .ended(let error) = first else { return }
        connection = nil
        // It was there, and comes back if it is only started again.
        guard error?.kind == .interrupted || error == nil else { throw error! }
        try note(error ?? ended)
    }

    deinit { connection?.close() }

    /// Whether eosd is there just now, as far as is known.
    public var isConnected: Bool { connection != nil && failingSince == nil }

    /// The next event, once there is one, or `.nothing` after `seconds`.
    ///
    /// - Throws: where eosd does not answer for as long as the stream's patience, or refuses to go on.
    public func next(within seconds: Double) throws(ClientError) -> Next {
        let deadline = clock.now + .seconds(seconds)
        while true {
            if connection == nil, clock.now >= retryAt { try reconnect() }
            let until = connection == nil ? min(deadline, retryAt) : deadline
            let item = inbox.wait(until: monotonicTime() + (until - clock.now) / .seconds(1))
            if inbox.hasRoomAgain() { connection?.readAgain() }
            switch item {
            case .event(let event): return .event(event)
            case .opened:
                failingSince = nil
                delay = Backoff()
                return .resumed
            case .ended(let error):
                connection = nil
                if let error, !error.mayPass { throw error }
                try note(error ?? ended)
            case nil:
                if clock.now >= deadline { return .nothing }
            }
        }
    }

    private var ended: ClientError {
        ClientError(.interrupted, "\(address) ended the event stream", hint: "check that eosd is running")
    }

    private func reconnect() throws(ClientError) {
        do { try connect() } catch {
            guard error.mayPass else { throw error }
            try note(error)
        }
    }

    /// Waits before the next attempt, unless there were attempts for too long.
    private func note(_ error: ClientError) throws(ClientError) {
        let start = failingSince ?? clock.now
        failingSince = start
        guard clock.now - start < .seconds(patience) else { throw error }
        retryAt = clock.now + .seconds(delay.next())
    }

    private func connect() throws(ClientError) {
        let lastSeen = inbox.id
        var request = APIRequest.get(target, lastSeen.isEmpty ? [("after", after)] : [])
        request.headers = [("Accept", "text/event-stream")]
        if !lastSeen.isEmpty { request.headers.append(("Last-Event-ID", lastSeen)) }
        // eosd sends a comment every 15 seconds: a connection that is silent for much longer leads nowhere any more.
        connection = try Exchange.open(
            address, request, patience: 90, to: EventReceiver(inbox, address))
    }
}
