import EosCore
import EosRunModel

/// What is recorded of one iterate.
public struct IterateRecord: Sendable, Equatable {
    public var iteration: Int
    public var loss: Double
    public var gradientNorm: Double
    /// The step that led here, the trials of the search that found it and why it was accepted (`EOS_REASON_*`).
    public var step: Double
    public var trials: Int
    public var reason: Int
    /// Counted from the start of the training.
    public var valueEvaluations: Int
    public var gradientEvaluations: Int
    public var curvatureProducts: Int
    public var seconds: Double

    public init(
        iteration: Int, loss: Double, gradientNorm: Double, step: Double, trials: Int, reason: Int,
        valueEvaluations: Int, gradientEvaluations: Int, curvatureProducts: Int, seconds: Double
    ) {
        self.iteration = iteration
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.step = step
        self.trials = trials
        self.reason = reason
        self.valueEvaluations = valueEvaluations
        self.gradientEvaluations = gradientEvaluations
        self.curvatureProducts = curvatureProducts
        self.seconds = seconds
    }
}

/// A measurement at an iterate: `sharpness` (`sharpness.2` for the second eigenvalue) or a metric of the objective.
public struct ProbeRecord: Sendable, Equatable {
    public var iteration: Int
    public var name: String
    public var value: Double
    /// Of an eigenvalue; NaN for a metric.
    public var residual: Double
    public var converged: Bool

    public init(iteration: Int, name: String, value: Double, residual: Double = .nan, converged: Bool = true) {
        self.iteration = iteration
        self.name = name
        self.value = value
        self.residual = residual
        self.converged = converged
    }

    /// "sharpness", "sharpness.2".
    public static func sharpness(_ index: Int) -> String { index == 0 ? "sharpness" : "sharpness.\(index + 1)" }
}
