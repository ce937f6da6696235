import CEos
import EosCore
import EosJSON

/// Names every reason that a trainer can stop for.
private let reasonText =
    "reason for this state; after training has stopped, it is the error message or one of these, with numbers: "
    + StopReason.allCases.filter { $0 != .none }.map(\.text).joined(separator: "; ")

/// Where a run stands, in numbers and words: what `eos train --json` prints.
public struct RunSummary: JSONRecord {
    /// The id.
    public var run: String
    public var name: String
    public var directory: String
    public var state: RunState
    public var reason: String
    public var numbers: RunNumbers
    /// The objective's own, in its order; nil: not known.
    public var metrics: [(name: String, value: Double?)]
    /// The last checkpoint, or nil.
    public var parameters: String?

    public init(
        run: String, name: String, directory: String, _ change: StateChange, _ numbers: RunNumbers = RunNumbers(),
        metrics: [(name: String, value: Double?)] = [], parameters: String? = nil
    ) {
        self.run = run
        self.name = name
        self.directory = directory
        state = change.state
        reason = change.reason
        self.numbers = numbers
        self.metrics = metrics
        self.parameters = parameters
    }

    public static var blank: RunSummary { RunSummary(run: "", name: "", directory: "", StateChange(.queued, "")) }

    public static let fields = JSONFields<RunSummary>(
        [
            JSONField("run", \.run, "id of the run"), JSONField("name", \.name), JSONField("state", \.state),
            JSONField("reason", \.reason, reasonText),
        ] + JSONField.numbers(\.numbers, RunColumn.shown(in: .report), named: \.path) + [
            JSONField(
                "metrics", schema: ["type": "object", "additionalProperties": ["type": ["number", "null"]]],
                get: { .object($0.metrics.map { ($0.name, $0.value.map { .number($0) } ?? .null) }) },
                set: { $0.metrics = ($1.members ?? []).map { (name: $0.0, value: $0.1.number) } }),
            JSONField("parameters", \.parameters, "path of the last checkpoint"),
            JSONField("directory", \.directory, "path of the run directory"),
        ])
}

/// What is to be known of a run from outside: `eos show --json` and `GET /v1/runs/{id}`.
public struct RunReport: JSONRecord {
    /// Where it stands in numbers and words; `summary.run` is the id.
    public var summary: RunSummary
    /// What ended the worker last, where something did.
    public var signal: Int?
    public var exitCode: Int?
    /// Of the worker; nil: none is at work.
    public var pid: Int?
    /// No step within its deadline: a long evaluation, or one that hangs.
    public var isStalled = false
    /// Workers that were started after the first one because one was lost.
    public var restarts = 0
    public var objective = ""
    public var policy = ""
    /// Seconds since 1970. `started` is when it last left the queue, `ended` when it came to its end.
    public var created: Double?
    public var started: Double?
    public var ended: Double?
    /// Runs that are to be started before this one; nil: it is not queued.
    public var queued: Int?
    /// The sequence number of its last event.
    public var events = 0

    public init(_ summary: RunSummary) { self.summary = summary }

    public static var blank: RunReport { RunReport(.blank) }

    public static let fields = JSONFields<RunReport>(
        those: \.summary,
        and: [
            JSONField("pid", \.pid, "process id of the worker; null if there is no worker"),
            JSONField("stalled", \.isStalled, "whether no iteration has ended within its time limit"),
            JSONField("signal", \.signal, "signal that ended the last worker"),
            JSONField("exit_code", \.exitCode, "exit status of the last worker"),
            JSONField("restarts", \.restarts, "number of restarts after a worker was lost"),
            JSONField("objective", \.objective), JSONField("policy", \.policy),
            JSONField("created", \.created, "time of submission, in seconds since 1970"),
            JSONField("started", \.started, "time when it last left the queue, in seconds since 1970"),
            JSONField("ended", \.ended, "time when it ended, in seconds since 1970"),
            JSONField("queued", \.queued, "number of runs ahead of it in the queue; null if it is not queued"),
            JSONField("events", \.events, "number of its last event"),
        ])

    /// Reads an answer of eosd.
    ///
    /// - Returns: nil where it tells of no run.
    public init?(answer: JSONText) {
        guard answer["run"]?.string != nil, let state = answer["state"]?.string, RunState(rawValue: state) != nil
        else { return nil }
        self.init(json: answer)
    }

    public var id: String { summary.run }
    public var state: RunState { summary.state }
}

extension StateRecord: JSONRecord {
    public static var blank: StateRecord { StateRecord(StateChange(.queued, ""), iteration: 0, time: 0) }

    public static let fields = JSONFields<StateRecord>([
        JSONField("state", \.change.state), JSONField("reason", \.change.reason, reasonText),
        JSONField("iteration", \.iteration),
        JSONField("time", \.time, "time of the change, in seconds since 1970"), JSONField("signal", \.change.signal),
        JSONField("exit_code", \.change.exitCode),
    ])
}
