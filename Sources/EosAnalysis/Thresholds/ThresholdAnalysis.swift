import CEos
import EosCore
import EosRuns
import Foundation

/// Where a training with a constant step stands to the threshold of "Learning threshold neurons via the edge of
/// stability" (2022, arXiv 2212.07469): the step against the critical one, and where it has come to against the
/// prediction.
public struct ThresholdAnalysis: Sendable {
    /// What was trained.
    public enum Model: Sendable, Equatable {
        /// The mean model in d dimensions.
        case meanModel(MeanModelThreshold)
        /// The full network in d dimensions: the prediction is that of the mean model, which knows no signal.
        case network(MeanModelThreshold)
        /// l(x y).
        case neuron(SingleNeuron)
    }

    public enum Regime: String, Sendable {
        /// The minimum nearby is stable: the bias is not driven, the neuron follows the gradient flow.
        case below = "below-threshold"
        /// It is not: training bounces until it has come to one that is.
        case above = "above-threshold"
    }

    public let model: Model
    public let step: Double
    /// The largest step for which the minimum near the start is stable.
    public let criticalStep: Double
    /// Of the last checkpoint, from which everything below is.
    public let iteration: Int
    public let point: [Double]
    /// The largest Hessian eigenvalue there.
    public let sharpness: Double
    /// The learned bias; for the neuron the larger one of x^2 and y^2, its sharpness at a minimum.
    public let learned: Double
    /// What it is predicted to come to; nil where nothing is predicted.
    public let predicted: Double?
    /// 2 - eta lambda, as predicted for the end; nil below the threshold.
    public let predictedGap: Double?

    public var regime: Regime { step < criticalStep ? .below : .above }
    /// eta lambda: 2 at the edge of stability.
    public var stepSharpness: Double { step * sharpness }
    /// 2 - eta lambda.
    public var gap: Double { 2 - stepSharpness }

    /// - Parameter workbench: has the plugins of the run.
    /// - Throws: `EOS_E_UNSUPPORTED` for other objectives and policies; `EOS_E_STATE` without a checkpoint; what
    ///   reading the run throws.
    public init(_ directory: RunDirectory, workbench: Workbench) throws(EosError) {
        let spec = try RunSpec(path: directory.spec, catalogue: workbench)
        guard spec.policyName == "constant" else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "\(directory.path): its policy is \(spec.policyName), but the threshold needs a constant step; "
                    + "train with policy.name = \"constant\"")
        }
        let host = workbench.makeHost(for: spec, directories: [directory.path])
        let objective = try workbench.makeObjective(for: spec, host: host)
        let start = try objective.space.makeVector()
        try objective.initialPoint(seed: spec.seed, into: start.pointer)
        let store = CheckpointStore(directory.checkpoints, keep: 1)
        guard let iteration = try store.iterations().first else {
            throw EosError(
                EOS_E_STATE, "\(directory.path): the run has no checkpoint yet; pause it, or wait for its end")
        }
        let end = try Trainer.parameters(of: try store.load(iteration), for: objective)
        let options = LeadingEigenvalues.Options(tolerance: 1e-10, maxProducts: 200)
        let sharpness = try ObjectiveCurvature(objective, at: end.pointer).leading(options).pairs[0].value
        try self.init(
            id: (try? workbench.catalogue.find(.objective, spec.plugin).id) ?? spec.plugin, keys: spec.objective,
            step: try spec.policy.number("step"), start: Self.numbers(start), iteration: iteration,
            point: Self.numbers(end), sharpness: sharpness)
    }

    /// - Parameters:
    ///   - id: of the objective.
    ///   - keys: of the objective, with their defaults.
    ///   - point: where training stands, with its sharpness.
    /// - Throws: `EOS_E_UNSUPPORTED` for other objectives.
    public init(
        id: String, keys: Configuration, step: Double, start: [Double], iteration: Int, point: [Double],
        sharpness: Double
    ) throws(EosError) {
        self.step = step
        self.iteration = iteration
        self.point = point
        self.sharpness = sharpness
        switch id {
        case "eos.mean-model", "eos.threshold-network":
            let threshold = MeanModelThreshold(dimension: Int(try keys.integer("d")))
            model = id == "eos.mean-model" ? .meanModel(threshold) : .network(threshold)
            criticalStep = 2 / threshold.sharpness(bias: start[2])
            learned = point[2]
            predicted = threshold.bias(step: step, from: start[2])
            predictedGap = step < criticalStep ? nil : predicted.map { threshold.gap(step: step, bias: $0) }
        case "eos.single-neuron":
            let neuron = try SingleNeuron(keys)
            model = .neuron(neuron)
            criticalStep = SingleNeuron.criticalStep(start[0], start[1])
            learned = max(point[0] * point[0], point[1] * point[1])
            predicted = neuron.finalSharpness(step: step, from: start[0], start[1])
            predictedGap = step < criticalStep ? nil : neuron.gap(step: step).map { step * $0 }
        default:
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the objective \(id) has no known threshold; use mean-model, threshold-network or single-neuron")
        }
    }

    /// In f32 as in f64.
    private static func numbers(_ vector: Vector) -> [Double] {
        (0..<vector.count).map { i in
            vector.type == .f64
                ? vector.pointer.load(fromByteOffset: 8 * i, as: Double.self)
                : Double(vector.pointer.load(fromByteOffset: 4 * i, as: Float.self))
        }
    }
}

extension SingleNeuron {
    /// From the keys of the objective.
    init(_ keys: Configuration) throws(EosError) {
        switch try keys.string("loss") {
        case "sqrt": self = .root
        case "log-cosh": self = .logCosh
        default: self = .family(beta: try keys.number("beta"))
        }
    }
}
