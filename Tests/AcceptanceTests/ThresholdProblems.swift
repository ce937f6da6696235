import EosCore
import EosPluginHost
import Foundation

/// The plugins of "Learning threshold neurons via the edge of stability" (2022, arXiv 2212.07469), trained with a
/// constant step.
struct ThresholdProblem {
    let objective: any Objective
    private(set) var point: [Double]
    private(set) var iterations = 0

    init(_ plugin: String, _ keys: String) throws {
        var configuration = Configuration()
        try configuration.set(assignments: keys)
        objective = try Self.catalogue.makeObjective(plugin, configuration, host: Host(threads: 1))
        point = []
    }

    /// Trains for so many iterations from the initial point for `seed`; less where the gradient is below
    /// `gradientNorm`.
    mutating func train(step: Double, iterations: Int, gradientNorm: Double = 0, seed: Int = 0) throws {
        var settings = Configuration()
        try settings.set(
            assignments: "seed=\(seed) stop.iterations=\(iterations) stop.loss=-1 stop.gradient_norm=\(gradientNorm)")
        var keys = Configuration()
        keys["step"] = .number(step)
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind("constant")!.make(keys),
            settings: try TrainerSettings(settings))
        try trainer.run(objective)
        let x = trainer.current.x.assumingMemoryBound(to: Double.self)
        point = (0..<objective.space.count).map { x[$0] }
        self.iterations = Int(trainer.progress.iteration)
    }

    /// The largest Hessian eigenvalue at the point.
    func sharpness() throws -> Double {
        try point.withUnsafeBytes { bytes in
            try ObjectiveCurvature(objective, at: bytes.baseAddress!)
                .leading(.init(tolerance: 1e-12, maxProducts: 100)).pairs[0].value
        }
    }

    func metric(_ name: String) throws -> Double {
        let values = try point.withUnsafeBytes { try objective.measure($0.baseAddress!) }
        return zip(objective.metrics, values).first { $0.0.name == name }!.1
    }

    private static let catalogue: Catalogue = {
        var catalogue = Catalogue()
        for name in ["mean-model", "single-neuron", "threshold-network"] {
            let files = productFiles("libeos-plugin-\(name).so")
            if let plugin = files.lazy.compactMap({ try? LoadedPlugin.load(path: $0) }).first {
                try? catalogue.add(plugin)
            }
        }
        return catalogue
    }()
}

/// Where a product of this package may lie: beside the tests or above them.
private func productFiles(_ name: String) -> [String] {
    var files: [String] = []
    for place in Bundle.allBundles.map(\.bundlePath) + [ProcessInfo.processInfo.arguments[0]] {
        var directory = URL(fileURLWithPath: place)
        while directory.pathComponents.count > 1 {
            directory.deleteLastPathComponent()
            files.append(directory.appendingPathComponent(name).path)
        }
    }
    return files
}
