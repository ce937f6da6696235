import EosJSON

/// What a worker is to look at: sent to it as JSON.
public struct CheckJob: Codable, Sendable {
    /// "key=value", as the user wrote them.
    public var assignments: [String]
    /// Ids or short names; both nil: all that the plugin offers.
    public var objective: String?
    public var policy: String?
    /// Ids of checks; empty: all.
    public var only: [String]
    /// Many times what the slowest check of a small plugin takes alone: it may run beside other work.
    public static let standardLimit = 30.0

    /// Seconds that one check may take.
    public var limit: Double
    /// Where relative names of data files are looked up.
    public var directories: [String]
    /// What a run's spec gives; `assignments` go before it.
    public var spec: CheckSpec?
    /// Those that an earlier worker has dealt with.
    public var done: [CheckItem] = []

    public init(
        assignments: [String] = [], objective: String? = nil, policy: String? = nil, only: [String] = [],
        limit: Double = standardLimit, directories: [String] = [], spec: CheckSpec? = nil
    ) {
        self.assignments = assignments
        self.objective = objective
        self.policy = policy
        self.only = only
        self.limit = limit
        self.directories = directories
        self.spec = spec
    }

    public init(json: String) throws { self = try JSONText(reading: json.utf8).decoded() }

    public var json: String { (try? JSONText(encoding: self).text) ?? "{}" }
}

/// What a worker tells, a line of JSON each.
enum CheckEvent: Codable, Sendable {
    /// The plugin is loaded; these checks there are.
    case plan(name: String, [CheckItem])
    case begin(CheckItem)
    /// What the check under way does now; "": what it does as a whole.
    case note(String)
    case end(CheckItem, [Finding], seconds: Double)
    /// The check under way has used up its time.
    case timeout
    /// Nothing can be looked at.
    case refused(status: Int32, String)

    var line: String { (try? JSONText(encoding: self).text) ?? "{}" }

    init?(line: some StringProtocol) {
        guard let event = try? JSONText(reading: line.utf8).decoded(as: CheckEvent.self) else { return nil }
        self = event
    }
}
