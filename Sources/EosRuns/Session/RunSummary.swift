import EosCore

/// Where a run stands, in numbers and words: what `eos train --json` prints.
public struct RunSummary: Sendable {
    public var run: String
    public var name: String
    public var directory: String
    public var state: RunState
    public var reason: String
    public var iterations: Int
    public var valueEvaluations: Int
    public var gradientEvaluations: Int
    public var curvatureProducts: Int
    /// Numbers that are not known are NaN.
    public var initialLoss: Double
    public var lastLoss: Double
    public var bestLoss: Double
    public var gradientNorm: Double
    public var step: Double
    public var sharpness: Double
    public var sharpnessResidual: Double
    public var sharpnessConverged: Bool
    /// In the objective's order.
    public var metrics: [(name: String, value: Double)]
    /// The last checkpoint, or nil.
    public var parameters: String?
    public var seconds: Double
}

extension RunSummary {
    public var json: JSONText {
        [
            "run": .string(run), "name": .string(name), "state": .string(state.rawValue), "reason": .string(reason),
            "iterations": .integer(iterations),
            "evaluations": [
                "value": .integer(valueEvaluations), "gradient": .integer(gradientEvaluations),
                "curvature": .integer(curvatureProducts),
            ],
            "loss": ["initial": .number(initialLoss), "last": .number(lastLoss), "best": .number(bestLoss)],
            "gradient_norm": .number(gradientNorm), "step": .number(step),
            "sharpness": [
                "value": .number(sharpness), "residual": .number(sharpnessResidual),
                "converged": .bool(sharpnessConverged),
            ],
            "metrics": .object(metrics.map { ($0.name, .number($0.value)) }),
            "parameters": parameters.map { .string($0) } ?? .null, "directory": .string(directory),
            "seconds": .number(seconds),
        ]
    }
}
