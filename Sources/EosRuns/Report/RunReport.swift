import EosCore
import EosJSON
import EosRunModel

/// What is to be known of a run from outside: `eos show --json` and `GET /v1/runs/{id}`.
public struct RunReport: Sendable {
    /// Where it stands in numbers and words; `summary.run` is the id.
    public var summary: RunSummary
    /// What ended the worker last, where something did.
    public var signal: Int?
    public var exitCode: Int?
    /// Of the worker; nil: none is at work.
    public var pid: Int?
    /// No step within its deadline: a long evaluation, or one that hangs.
    public var isStalled: Bool
    /// Workers that were started after the first one because one was lost.
    public var restarts: Int
    public var objective: String
    public var policy: String
    /// Seconds since 1970. `started` is when it last left the queue, `ended` when it came to its end.
    public var created: Double
    public var started: Double?
    public var ended: Double?
    /// Runs that are to be started before this one; nil: it is not queued.
    public var queued: Int?
    /// The sequence number of its last event.
    public var events: Int

    public init(
        summary: RunSummary, signal: Int? = nil, exitCode: Int? = nil, pid: Int? = nil, isStalled: Bool = false,
        restarts: Int = 0, objective: String, policy: String, created: Double, started: Double? = nil,
        ended: Double? = nil, queued: Int? = nil, events: Int = 0
    ) {
        self.summary = summary
        self.signal = signal
        self.exitCode = exitCode
        self.pid = pid
        self.isStalled = isStalled
        self.restarts = restarts
        self.objective = objective
        self.policy = policy
        self.created = created
        self.started = started
        self.ended = ended
        self.queued = queued
        self.events = events
    }

    public var id: String { summary.run }
    public var state: RunState { summary.state }
}

extension RunReport {
    /// The members of the summary and those of its own, in the order that people look for them.
    public var json: JSONText {
        func number(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }
        func integer(_ value: Int?) -> JSONText { value.map { .integer($0) } ?? .null }
        let own: [(String, JSONText)] = [
            ("id", .string(id)), ("pid", integer(pid)), ("stalled", .bool(isStalled)), ("signal", integer(signal)),
            ("exit_code", integer(exitCode)), ("restarts", .integer(restarts)),
            ("iteration", .integer(summary.iterations)), ("objective", .string(objective)),
            ("policy", .string(policy)), ("created", .number(created)), ("started", number(started)),
            ("ended", number(ended)), ("queued", integer(queued)), ("events", .integer(events)),
        ]
        guard case .object(let members) = summary.json else { return .object(own) }
        return .object(own + members)
    }
}
