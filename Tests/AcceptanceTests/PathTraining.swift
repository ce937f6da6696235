import EosAnalysis
import EosCore
import EosData
import EosPluginHost
import Foundation

/// A path-rnn trained on the synthetic paths of its specification: n = 200, K = 50, kappa = 2, N = 10.
///
/// Long by Grippo's nonmonotone search, or shortly by the monotone search LS, which stays near where it began: networks
/// of little noise are the last to come to the end.
struct PathTraining {
    let network: PathNetwork
    let testing: PathSamples
    let metrics: [String: Double]
    let initialLoss: Double
    let loss: Double

    init(sigma: Double, seed: Int, isShort: Bool = false) throws {
        let (policy, iterations) = isShort ? ("ls", 300) : ("gll", 3000)
        let data = "data.generator=noisy-sine data.train=200 data.test=2000 data.seed=\(seed)"
        let (objective, configuration) = try Self.objective("units=10 sigma=\(sigma) \(data)")
        var settings = Configuration()
        try settings.set(assignments: "seed=\(seed) stop.iterations=\(iterations) stop.gradient_norm=1e-12")
        let trainer = try Trainer(
            objective: objective, policy: try BuiltInPolicies.kind(policy)!.make(),
            settings: try TrainerSettings(settings))
        var losses: [Double] = []
        trainer.observer = { progress in
            losses.append(progress.value)
            return false
        }
        try trainer.run(objective)
        initialLoss = losses[0]
        loss = trainer.progress.value
        let values = try objective.measure(trainer.current.x)
        metrics = Dictionary(uniqueKeysWithValues: zip(objective.metrics.map(\.name), values))
        let numbers = trainer.current.x.assumingMemoryBound(to: Double.self)
        func part(_ index: Int, _ rows: Int, _ columns: Int) -> DenseMatrix {
            let first = objective.blocks[index].offset
            return DenseMatrix(rows: rows, columns: columns, (first..<first + rows * columns).map { numbers[$0] })
        }
        network = try PathNetwork(
            recurrent: part(0, 10, 10), input: part(1, 10, 1), readouts: part(2, 1, 10),
            biases: part(3, 1, 1).elements, sigma: sigma
        ).constrained
        testing = PathSamples(try Dataset(configuration, as: .f64), 200..<2200, steps: 50, duration: 1)
    }

    /// On the test paths, with noise of another strength.
    func accuracy(sigma: Double) -> Double {
        PathReadOuts.euler(network, testing).accuracy(.init(noise: sigma / network.sigma))
    }

    static func objective(_ keys: String, threads: Int = 1) throws -> (any Objective, Configuration) {
        var configuration = Configuration()
        try configuration.set(assignments: keys)
        return (
            try catalogue.makeObjective("path-rnn", configuration, host: Host(threads: threads)), configuration
        )
    }

    private static let catalogue = Problem.catalogue(of: "path-rnn")
}
