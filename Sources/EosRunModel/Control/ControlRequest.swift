import CEos
import EosCore
import EosJSON

/// What is asked of the process that works on a run: one JSON object a line on its socket, as
/// `{"do": "set", "assignments": ["policy.cap=8"]}`.
public enum ControlRequest: Sendable, Equatable {
    /// How it goes, once.
    case status
    /// How it goes, now and whenever that changes.
    case watch
    /// Stop after the evaluation under way, to go on later or for good.
    case ask(RunWish)
    /// Set live keys from the next iteration on.
    case set([String])

    /// Bytes of a line, its end among them.
    public static let mostBytes = 1 << 16
    private static let mostAssignments = 100

    /// - Parameter line: without its end.
    /// - Throws: `EOS_E_FORMAT` for what is no request, with the reason.
    public init(line: some Collection<UInt8>) throws(EosError) {
        guard line.count < Self.mostBytes else {
            throw EosError(EOS_E_FORMAT, "the request has \(line.count) bytes; send at most \(Self.mostBytes - 1)")
        }
        guard let request = try? JSONText(reading: line), let members = request.members else {
            throw EosError(
                EOS_E_FORMAT, "the request is not a JSON object on one line; send one such as {\"do\": \"status\"}")
        }
        if let name = request.repeatedName {
            throw EosError(EOS_E_FORMAT, "the request has the member \(oneLine(name)) more than once; send it once")
        }
        guard let name = request["do"]?.string else {
            throw EosError(EOS_E_FORMAT, "the request has no member \"do\"; send one such as {\"do\": \"status\"}")
        }
        let known = name == "set" ? ["do", "assignments"] : ["do"]
        if let stranger = members.map(\.0).sorted().first(where: { !known.contains($0) }) {
            throw EosError(
                EOS_E_FORMAT, "the request \(oneLine(name)) does not accept the member \(oneLine(stranger)); remove it")
        }
        switch name {
        case "status": self = .status
        case "watch": self = .watch
        case "pause": self = .ask(.pause)
        case "stop": self = .ask(.stop)
        case "set":
            guard let elements = request["assignments"]?.array, (1...Self.mostAssignments).contains(elements.count),
                case let assignments = elements.compactMap(\.string), assignments.count == elements.count
            else {
                throw EosError(
                    EOS_E_FORMAT,
                    "set needs \"assignments\"; send 1 to \(Self.mostAssignments) strings such as \"policy.cap=8\"")
            }
            self = .set(assignments)
        default:
            throw EosError(
                EOS_E_FORMAT, "the request \(oneLine(name)) is unknown; send status, watch, pause, stop or set")
        }
    }

    /// The line, without its end.
    public var line: String {
        var members: [(String, JSONText)] = []
        let name: String
        switch self {
        case .status: name = "status"
        case .watch: name = "watch"
        case .ask(let wish): name = "\(wish)"
        case .set(let assignments):
            name = "set"
            members = [("assignments", .array(assignments.map { .string($0) }))]
        }
        return JSONText.object([("do", .string(name))] + members).text
    }
}
