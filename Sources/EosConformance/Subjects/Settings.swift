import EosCore
import EosPluginHost

/// How a plugin is looked at.
public struct Settings: Sendable {
    /// Values for keys of what is made.
    public var values: Configuration
    /// Those of a run's spec, for what it names.
    public var spec: CheckSpec?
    /// Seconds that a check may take; those that repeat calls stop in time.
    public var limit: Double
    /// Where relative names of data files are looked up.
    public var directories: [String]

    public init(
        values: Configuration = Configuration(), limit: Double = 10, directories: [String] = [], spec: CheckSpec? = nil
    ) {
        self.values = values
        self.spec = spec
        self.limit = limit
        self.directories = directories
    }
}

/// The objective and the policy that a run's spec names, with their keys.
public struct CheckSpec: Codable, Sendable {
    public struct Part: Codable, Sendable {
        /// The id or its last part.
        public let name: String
        /// "key=value".
        public let assignments: [String]

        public init(name: String, values: Configuration) {
            self.name = name
            assignments = values.keys.map { "\($0)=\(values[$0]!)" }
        }

        func values() throws(EosError) -> Configuration {
            var values = Configuration()
            for assignment in assignments { try values.set(assignment: assignment) }
            return values
        }
    }

    /// As messages name it.
    public let file: String
    public let objective: Part?
    public let policy: Part?

    public init(file: String, objective: Part?, policy: Part?) {
        self.file = file
        self.objective = objective
        self.policy = policy
    }

    func part(_ kind: Offer.Kind) -> Part? { kind == .objective ? objective : policy }
}
