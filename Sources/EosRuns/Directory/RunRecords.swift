import EosCore
import EosRunModel

/// A measurement at an iterate: `sharpness` (`sharpness.2` for the second eigenvalue) or a metric of the objective.
public struct ProbeRecord: Sendable, Equatable {
    public var iteration: Int
    public var name: String
    /// nil: it is not a number.
    public var value: Double?
    /// Of an eigenvalue; nil for a metric.
    public var residual: Double?
    public var converged: Bool

    public init(iteration: Int, name: String, value: Double?, residual: Double? = nil, converged: Bool = true) {
        self.iteration = iteration
        self.name = name
        self.value = value.flatMap(\.known)
        self.residual = residual.flatMap(\.known)
        self.converged = converged
    }

    /// "sharpness", "sharpness.2".
    public static func sharpness(_ index: Int) -> String { index == 0 ? "sharpness" : "sharpness.\(index + 1)" }
}
