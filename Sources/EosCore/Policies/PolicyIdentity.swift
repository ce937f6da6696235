/// Which policy a policy is: its id and the values of its keys. A saved state names them, so that no other policy takes
/// it over.
public final class PolicyIdentity: Sendable {
    // A class, so that a policy that has one stays small.

    /// "eos.nls", "org.example.rule"; "table" for one that a program made of a table of its own.
    public let id: String
    /// All keys, defaults included.
    public let configuration: Configuration
    /// Keys that may be set while a run is going.
    public let liveKeys: Set<String>

    public init(id: String, _ configuration: Configuration = Configuration(), schema: Schema = Schema([])) {
        self.id = id
        self.configuration = configuration
        liveKeys = Set(schema.parameters.filter { $0.flags.contains(.live) }.map(\.key))
    }

    /// Of a policy that nobody has named yet.
    public static let none = PolicyIdentity(id: "none")

    /// Values as a spec writes them, by key.
    public var values: [String: String] {
        Dictionary(uniqueKeysWithValues: configuration.keys.map { ($0, "\(configuration[$0]!)") })
    }
}
