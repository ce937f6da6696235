import EosAnalysis
import EosCore
import EosData

/// A network trained in a laboratory, and what the analyses say of it.
struct PathTraining {
    let network: PathNetwork
    let training: PathSamples
    let testing: PathSamples
    let initialLoss: Double
    let loss: Double

    init(
        _ laboratory: Laboratory, keys: String, policy: String, seed: Int, iterations: Int, sigma: Double
    ) throws(EosError) {
        let objective = try laboratory.objective("path-rnn", keys)
        let trainer = try laboratory.trainer(
            objective, try laboratory.policy(policy),
            "seed=\(seed) stop.iterations=\(iterations) stop.loss=0 stop.gradient_norm=1e-12")
        var initial: Double?
        trainer.observer = { progress in
            if initial == nil { initial = progress.value }
            return laboratory.isCancelled
        }
        defer { trainer.observer = nil }
        try trainer.run(objective)
        try laboratory.check()
        initialLoss = initial ?? .nan
        loss = trainer.progress.value
        let numbers = trainer.current.x.assumingMemoryBound(to: Double.self)
        func part(_ index: Int) -> DenseMatrix {
            let block = objective.blocks[index]
            let (rows, columns) = (block.shape[0], block.shape.count > 1 ? block.shape[1] : 1)
            return DenseMatrix(
                rows: rows, columns: columns, (0..<rows * columns).map { numbers[block.offset + $0] })
        }
        network = try PathNetwork(
            recurrent: part(0), input: part(1), readouts: part(2), biases: part(3).elements, sigma: sigma
        ).constrained
        var configuration = Configuration()
        try configuration.set(assignments: keys)
        let data = try Dataset(configuration, as: .f64)
        let (train, test, steps) = (data.table.pointee.train, data.table.pointee.test, Int(data.table.pointee.steps))
        training = PathSamples(data, 0..<Int(train), steps: steps, duration: 1)
        testing = PathSamples(data, Int(train)..<Int(train + test), steps: steps, duration: 1)
    }

    /// Everything that the report speaks of.
    ///
    /// - Parameters:
    ///   - sigmas: noise when tested.
    ///   - draws: simulated paths; 0: none.
    func numbers(sigmas: [Double], draws: Int) -> Numbers {
        let readOuts = PathReadOuts.euler(network, testing)
        let cross = sigmas.map { readOuts.accuracy(.init(noise: $0 / network.sigma, draws: 1000)) }
        let expected = readOuts.accuracy()
        let orders = PathReport.signature(network, testing, draws: 200)
        var numbers: Numbers = [
            "initial": [initialLoss], "loss": [loss], "accuracy": [expected],
            "training": [PathReadOuts.euler(network, training).accuracy()],
            "noise_free": [readOuts.noiseFreeAccuracy], "lipschitz": [readOuts.lipschitz],
            "attacked": [readOuts.accuracy(.init(attack: 0.3))], "cross": cross,
            "signature_error": orders.map(\.error), "signature_accuracy": orders.map(\.accuracy),
            "exact": [PathReadOuts.exact(network, testing).accuracy()],
            "bound": [PathBound.euler(network, training).total],
        ]
        if draws > 0 {
            numbers["simulated"] = [PathSimulation(network, seed: 1).accuracy(testing, draws: draws)]
        }
        return numbers
    }
}
