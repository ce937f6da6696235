import CEos
import EosCore
import EosJSON
import EosRunModel
import Foundation

/// What is asked of the process that works on a run: one JSON object a line on its socket, as
/// `{"do": "set", "assignments": ["policy.cap=8"]}`.
public enum ControlRequest: Sendable, Equatable {
    /// How it goes, once.
    case status
    /// How it goes, now and whenever that changes.
    case watch
    /// Stop after the evaluation under way, to go on later.
    case pause
    /// Stop after the evaluation under way, for good.
    case stop
    /// Set live keys from the next iteration on.
    case set([String])

    public init(_ wish: RunWish) {
        switch wish {
        case .pause: self = .pause
        case .stop: self = .stop
        }
    }

    /// Bytes of a line, its end among them.
    public static let mostBytes = 1 << 16
    private static let mostAssignments = 100

    /// - Parameter line: without its end.
    /// - Throws: `EOS_E_FORMAT` for what is no request, with the reason.
    public init(line: some Collection<UInt8>) throws(EosError) {
        guard line.count < Self.mostBytes else {
            throw EosError(EOS_E_FORMAT, "a request of \(line.count) bytes; one has at most \(Self.mostBytes - 1)")
        }
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)), let members = object as? [String: Any]
        else { throw EosError(EOS_E_FORMAT, "a request is a JSON object on one line, as {\"do\": \"status\"}") }
        guard let name = members["do"] as? String else {
            throw EosError(EOS_E_FORMAT, "a request says what to do: {\"do\": \"status\"}")
        }
        let known = name == "set" ? ["do", "assignments"] : ["do"]
        if let stranger = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw EosError(EOS_E_FORMAT, "the request \(oneLine(name)) has no member \(oneLine(stranger))")
        }
        switch name {
        case "status": self = .status
        case "watch": self = .watch
        case "pause": self = .pause
        case "stop": self = .stop
        case "set":
            guard let assignments = members["assignments"] as? [String],
                (1...Self.mostAssignments).contains(assignments.count)
            else {
                throw EosError(
                    EOS_E_FORMAT,
                    "set takes \"assignments\", 1 to \(Self.mostAssignments) strings as \"policy.cap=8\"")
            }
            self = .set(assignments)
        default:
            throw EosError(
                EOS_E_FORMAT, "unknown request \(oneLine(name)); there are status, watch, pause, stop and set")
        }
    }

    /// The line, without its end.
    public var line: String {
        switch self {
        case .status: JSONText.object([("do", .string("status"))]).text
        case .watch: JSONText.object([("do", .string("watch"))]).text
        case .pause: JSONText.object([("do", .string("pause"))]).text
        case .stop: JSONText.object([("do", .string("stop"))]).text
        case .set(let assignments):
            JSONText.object([("do", .string("set")), ("assignments", .array(assignments.map { .string($0) }))]).text
        }
    }
}
