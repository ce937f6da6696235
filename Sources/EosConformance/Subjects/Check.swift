import EosCore

/// One rule of the ABI, or a few that belong together, looked at in one subject.
public struct Check<Subject: AnyObject> {
    /// "gradient".
    public let id: String
    /// What holds where it passes, in a few words.
    public let title: String
    /// Errors that it throws are failures of the subject.
    let run: (Subject) throws(EosError) -> [Finding]

    init(_ id: String, _ title: String, _ run: @escaping (Subject) throws(EosError) -> [Finding]) {
        self.id = id
        self.title = title
        self.run = run
    }
}

/// A check of a subject, by their names: what is planned, begun, ended and reported.
public struct CheckItem: Codable, Sendable, Hashable, CustomStringConvertible {
    /// "plugin", "objective org.example.quartic", "policy org.example.halving".
    public let subject: String
    public let check: String
    public let title: String

    public init(subject: String, check: String, title: String) {
        self.subject = subject
        self.check = check
        self.title = title
    }

    public var description: String { "\(subject): \(check)" }
}
