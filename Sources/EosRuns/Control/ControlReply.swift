import CEos
import EosCore
import EosJSON
import EosRunModel
import Foundation

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
        guard let parsed = try? JSONDecoder().decode(Members.self, from: Data(line)) else {
            throw EosError(EOS_E_FORMAT, "what answers on the run's control.sock is no worker of this version")
        }
        if let status = parsed.status {
            self = .status(status)
        } else if let error = parsed.error {
            self = .refused(EosError(error.status, error.message))
        } else {
            self = .done
        }
    }

    private struct Members: Decodable {
        struct Refusal: Decodable {
            let status: Int
            let message: String
        }
        let status: WorkerStatus?
        let error: Refusal?
    }
}

/// How the process that works on a run sees it.
public struct WorkerStatus: Sendable, Equatable, Decodable {
    public var pid: Int
    public var state: RunState
    public var reason: String
    public var stalled: Bool
    public var iteration: Int
    /// nil: not known yet, or not finite.
    public var loss: Double?
    public var best: Double?
    public var gradientNorm: Double?
    public var step: Double?
    public var sharpness: Double?
    public var sharpnessResidual: Double?
    public var sharpnessConverged: Bool
    public var values: Int
    public var gradients: Int
    public var products: Int
    public var seconds: Double
    /// Sequence number of the last event in `run.db`.
    public var events: Int

    public init(pid: Int, state: RunState, reason: String) {
        self.pid = pid
        self.state = state
        self.reason = reason
        stalled = false
        iteration = 0
        sharpnessConverged = false
        values = 0
        gradients = 0
        products = 0
        seconds = 0
        events = 0
    }

    var json: JSONText {
        func number(_ value: Double?) -> JSONText { value.map { .number($0) } ?? .null }
        return [
            "pid": .integer(pid), "state": .string(state.rawValue), "reason": .string(reason),
            "stalled": .bool(stalled),
            "iteration": .integer(iteration), "loss": number(loss), "best": number(best),
            "gradientNorm": number(gradientNorm), "step": number(step), "sharpness": number(sharpness),
            "sharpnessResidual": number(sharpnessResidual), "sharpnessConverged": .bool(sharpnessConverged),
            "values": .integer(values), "gradients": .integer(gradients), "products": .integer(products),
            "seconds": .number(seconds), "events": .integer(events),
        ]
    }

    /// Takes the numbers of a trainer's progress.
    mutating func take(_ progress: eos_progress) {
        iteration = Int(progress.iteration)
        loss = progress.value
        best = progress.best_value
        gradientNorm = progress.gradient_norm
        step = progress.step
        sharpness = progress.sharpness
        sharpnessResidual = progress.sharpness_residual
        sharpnessConverged = progress.sharpness_converged != 0
        values = Int(progress.value_evaluations)
        gradients = Int(progress.gradient_evaluations)
        products = Int(progress.curvature_products)
        seconds = progress.seconds
    }
}
