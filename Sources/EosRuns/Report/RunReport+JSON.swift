import EosCore
import EosJSON
import EosRunModel

extension RunReport {
    /// Reads what `json` wrote; members that are missing are not known.
    ///
    /// - Returns: nil where it is no report.
    public init?(json: JSONText) {
        guard let summary = RunSummary(json: json) else { return nil }
        self.init(
            summary: summary, signal: json["signal"]?.integer, exitCode: json["exit_code"]?.integer,
            pid: json["pid"]?.integer, isStalled: json["stalled"]?.bool ?? false,
            restarts: json["restarts"]?.integer ?? 0, objective: json["objective"]?.string ?? "",
            policy: json["policy"]?.string ?? "", created: json["created"]?.number ?? .nan,
            started: json["started"]?.number, ended: json["ended"]?.number, queued: json["queued"]?.integer,
            events: json["events"]?.integer ?? 0)
    }
}

extension RunSummary {
    fileprivate init?(json: JSONText) {
        guard let run = json["run"]?.string, let word = json["state"]?.string, let state = RunState(rawValue: word)
        else { return nil }
        func number(_ path: String...) -> Double {
            path.reduce(Optional(json)) { $0?[$1] }?.number ?? .nan
        }
        func count(_ path: String...) -> Int { path.reduce(Optional(json)) { $0?[$1] }?.integer ?? 0 }
        self.init(
            run: run, name: json["name"]?.string ?? run, directory: json["directory"]?.string ?? "", state: state,
            reason: json["reason"]?.string ?? "", iterations: count("iterations"),
            valueEvaluations: count("evaluations", "value"), gradientEvaluations: count("evaluations", "gradient"),
            curvatureProducts: count("evaluations", "curvature"), initialLoss: number("loss", "initial"),
            lastLoss: number("loss", "last"), bestLoss: number("loss", "best"), gradientNorm: number("gradient_norm"),
            step: number("step"), sharpness: number("sharpness", "value"),
            sharpnessResidual: number("sharpness", "residual"),
            sharpnessConverged: json["sharpness"]?["converged"]?.bool ?? false,
            metrics: (json["metrics"]?.members ?? []).map { ($0, $1.number ?? .nan) },
            parameters: json["parameters"]?.string, seconds: number("seconds"))
    }
}
