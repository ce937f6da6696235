import EosCore
import EosRunModel
import EosRuns

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
