import EosCore
import EosDiscovery
import EosRunModel
import EosRuns

/// What the HTTP interface asks of whatever looks after the runs. Any thread; those that are not async don't block.
public protocol RunService: Sendable {
    /// Every run, in the order of submission.
    func reports() -> [RunReport]
    func report(of id: String) -> RunReport?
    func directory(of id: String) -> RunDirectory?

    /// Checks a spec, makes its run directory and queues it.
    func submit(_ submission: Submission) async throws(ServiceError) -> RunReport
    func perform(_ action: RunAction, on id: String) async throws(ServiceError) -> RunReport
    /// Sets live keys of a run (`policy.cap=8`), from its next iteration on.
    func set(_ assignments: [String], on id: String) async throws(ServiceError) -> RunReport
    /// Removes a run that has ended, with its directory.
    func remove(_ id: String) async throws(ServiceError)

    /// The events of a run; of all runs (states and removals only) where `id` is nil; nil: there is no such run.
    func feed(of id: String?) -> (any EventFeed)?
    /// What plugins and policies there are now.
    func findings() async -> Findings
    var totals: ServiceTotals { get }
}

/// Events in order, kept for as long as their run.
public protocol EventFeed: Sendable {
    /// Sequence number of the last event there is; 0: none.
    var last: Int { get }
    /// At most `limit` events after `sequence`, in order; empty: none yet.
    func read(after sequence: Int, limit: Int) async throws(ServiceError) -> [StreamedEvent]
    /// Returns once there is an event after `sequence`, or the feed has ended for good, or the task is cancelled.
    func wait(after sequence: Int) async
    /// No event will follow: the run was removed, or eosd ends.
    var hasEnded: Bool { get }
}

/// A spec as a client gives it.
public struct Submission: Sendable {
    /// The text in TOML.
    public var spec: String
    /// `key=value`, each on top of the spec.
    public var overrides: [String]
    /// Where relative names of data files are looked up first: an absolute path, or nil.
    public var directory: String?
    /// What the run is called where the spec does not say it.
    public var name: String?

    public init(spec: String, overrides: [String] = [], directory: String? = nil, name: String? = nil) {
        self.spec = spec
        self.overrides = overrides
        self.directory = directory
        self.name = name
    }
}

/// Counters since eosd was started, for Prometheus.
public struct ServiceTotals: Sendable {
    public var submitted = 0
    public var started = 0
    public var restarted = 0
    public var adopted = 0
    public var maxRuns = 0
    public var maxThreads = 0
    public var threadsInUse = 0

    public init() {}
}

/// An event as streams send it: written once, for all of them.
public struct StreamedEvent: Sendable {
    public let sequence: Int
    /// A block of server-sent events (WHATWG HTML, 9.2), with the empty line behind it.
    public let text: String

    public init(_ event: RunEvent) {
        sequence = event.sequence
        let members = event.data.dropFirst()
        let separator = members.first == "}" ? "" : ", "
        text = """
            id: \(event.sequence)
            event: \(event.kind.rawValue)
            data: {"run": \(quoted(event.run)), "time": \(event.time)\(separator)\(members)\n\n
            """
    }
}
