import EosCore
import EosJSON
import EosRunModel

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

    public init(
        run: String, name: String, directory: String, state: RunState, reason: String, iterations: Int = 0,
        valueEvaluations: Int = 0, gradientEvaluations: Int = 0, curvatureProducts: Int = 0,
        initialLoss: Double = .nan, lastLoss: Double = .nan, bestLoss: Double = .nan, gradientNorm: Double = .nan,
        step: Double = .nan, sharpness: Double = .nan, sharpnessResidual: Double = .nan,
        sharpnessConverged: Bool = false, metrics: [(name: String, value: Double)] = [], parameters: String? = nil,
        seconds: Double = 0
    ) {
        self.run = run
        self.name = name
        self.directory = directory
        self.state = state
        self.reason = reason
        self.iterations = iterations
        self.valueEvaluations = valueEvaluations
        self.gradientEvaluations = gradientEvaluations
        self.curvatureProducts = curvatureProducts
        self.initialLoss = initialLoss
        self.lastLoss = lastLoss
        self.bestLoss = bestLoss
        self.gradientNorm = gradientNorm
        self.step = step
        self.sharpness = sharpness
        self.sharpnessResidual = sharpnessResidual
        self.sharpnessConverged = sharpnessConverged
        self.metrics = metrics
        self.parameters = parameters
        self.seconds = seconds
    }
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
