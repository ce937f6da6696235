import CEos
import EosCore
import EosJSON

/// A line that comes back: an answer to a request, in the order of the requests, or the status that is watched.
public enum ControlReply: Sendable {
    /// It was done, or will be: nothing else is to be said.
    case done
    case status(WorkerStatus)
    case refused(EosError)

    public var line: String {
        switch self {
        case .done: JSONText.object([("done", .bool(true))]).text
        case .status(let status): JSONText.object([("status", status.json)]).text
        case .refused(let error):
            JSONText.object([
                ("error", ["status": .integer(Int(error.status)), "message": .string(error.message)])
            ]).text
        }
    }

    /// - Throws: `EOS_E_FORMAT` for what is no reply.
    public init(line: some Collection<UInt8>) throws(EosError) {
        let reply = try? JSONText(reading: line)
        if let status = reply?["status"], let word = status["state"]?.string, RunState(rawValue: word) != nil {
            self = .status(WorkerStatus(json: status))
        } else if let error = reply?["error"], let status = error["status"]?.integer,
            let message = error["message"]?.string
        {
            self = .refused(EosError(status, message))
        } else if reply?["done"]?.bool == true {
            self = .done
        } else {
            throw EosError(EOS_E_FORMAT, "the process at control.sock of the run is not a worker of this version")
        }
    }
}

/// How the process that works on a run sees it. A worker of an earlier eos leaves numbers out.
public struct WorkerStatus: JSONRecord, Equatable {
    public var pid: Int
    public var state: RunState
    public var reason: String
    public var isStalled = false
    public var numbers = RunNumbers()
    /// Sequence number of the last event in `run.db`.
    public var events = 0

    public init(pid: Int, _ change: StateChange) {
        self.pid = pid
        state = change.state
        reason = change.reason
    }

    public static var blank: WorkerStatus { WorkerStatus(pid: 0, StateChange(.starting, "")) }

    public static let fields = JSONFields<WorkerStatus>(
        [
            JSONField("pid", \.pid), JSONField("state", \.state), JSONField("reason", \.reason),
            JSONField("stalled", \.isStalled), JSONField("events", \.events),
        ] + JSONField.numbers(\.numbers, RunColumn.shown(in: .report), named: \.name))
}
