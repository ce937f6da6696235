/// One event of a stream of server-sent events.
public struct ServerEvent: Sendable, Equatable {
    /// What the stream goes on after, by `Last-Event-ID`; empty: none was given yet.
    public var id: String
    /// "message" where the stream does not say.
    public var kind: String
    public var data: String

    public init(id: String, kind: String, data: String) {
        self.id = id
        self.kind = kind
        self.data = data
    }
}
