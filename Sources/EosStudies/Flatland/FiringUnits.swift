import EosCore
import EosData

/// Which hidden units of a network on a problem G-s are alive at the end of a training: those that fire for at least one
/// training sample. A unit that fires for none has no gradient, and training never revives it.
///
/// The training is made once more in this process, and the outputs are computed here from the parameters alone, without
/// the plugin.
enum FiringUnits {
    /// Units of a hidden layer.
    static let width = 32
    private static let inputs = 16
    private static let outputs = 10
    /// The K largest eigenvalues and two more.
    private static let eigenvalues = 12

    static func key(_ problem: FlatlandProblem, _ method: FlatlandMethod, _ seed: Int) -> String {
        "firing-\(problem.key(method, seed))"
    }

    /// `first`, `second`: how many units of each hidden layer fire; `eigenvalues`: the largest of the Hessian, where the
    /// training ends in Flatland.
    static func experiment(_ problem: FlatlandProblem, _ method: FlatlandMethod, _ seed: Int) -> Experiment {
        let keys =
            "layers=[\(inputs),\(width),\(width),\(outputs)] activation=relu init_scale=\(problem.factor) dtype=f64 "
            + "data.generator=clusters data.train=200 data.test=1000"
        return Experiment(
            key(problem, method, seed), inputs: ["keys": keys, "iterations": "\(problem.iterations)"], cost: 1
        ) { (laboratory) throws(EosError) in
            let objective = try laboratory.objective("mlp", keys)
            let trainer = try laboratory.trainer(
                objective, try laboratory.policy(method.key),
                "seed=\(seed) stop.iterations=\(problem.iterations) stop.loss=1e-8 stop.gradient_norm=1e-8")
            trainer.observer = { _ in laboratory.isCancelled }
            defer { trainer.observer = nil }
            try trainer.run(objective)
            try laboratory.check()
            let x = trainer.current.x
            var numbers = try firing(x.assumingMemoryBound(to: Double.self), keys)
            let process = try ObjectiveCurvature(objective, at: x)
                .leading(.init(count: eigenvalues, tolerance: 1e-6, maxProducts: 2000))
            numbers["eigenvalues"] = process.pairs.map(\.value)
            return numbers
        }
    }

    /// - Parameter x: layer by layer, W[out][in] row-major, then b.
    private static func firing(_ x: UnsafePointer<Double>, _ keys: String) throws(EosError) -> Numbers {
        var configuration = Configuration()
        try configuration.set(assignments: keys)
        let data = try Dataset(configuration, as: .f64)
        let table = data.table.pointee
        let samples = table.inputs.assumingMemoryBound(to: Double.self)
        var fires = [[Bool]](repeating: [Bool](repeating: false, count: width), count: 2)
        for sample in 0..<Int(table.train) {
            var input = (0..<inputs).map { samples[sample * inputs + $0] }
            var layer = x
            for depth in 0..<2 {
                let biases = layer + width * input.count
                let outputs = (0..<width).map { unit in
                    max(
                        0,
                        zip(input.indices, input).reduce(biases[unit]) { $0 + layer[unit * input.count + $1.0] * $1.1 })
                }
                for unit in 0..<width where outputs[unit] > 0 { fires[depth][unit] = true }
                layer = biases + width
                input = outputs
            }
        }
        return [
            "first": [Double(fires[0].count { $0 })], "second": [Double(fires[1].count { $0 })],
        ]
    }
}
