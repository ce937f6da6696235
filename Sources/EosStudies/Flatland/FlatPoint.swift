import EosCore

/// Zero weights and a last bias of class means: a point of Flatland where all is known in closed form. The Hessian is 2/K
/// times the identity in the K last biases and zero elsewhere.
enum FlatPoint {
    static let experiment = Experiment("flat-point", inputs: ["problem": "b", "eigenvalues": "12"], cost: 0.5) {
        (laboratory) throws(EosError) in
        let objective = try laboratory.objective(
            "mlp",
            "layers=[16,32,32,10] activation=tanh dtype=f64 data.generator=clusters data.train=200 data.test=1000")
        let x = try objective.space.makeVector()
        let numbers = x.pointer.assumingMemoryBound(to: Double.self)
        let count = objective.space.count
        // Sample i is of class i mod 10.
        for index in 0..<count { numbers[index] = index < count - 10 ? 0 : 0.1 }
        let loss = try objective.evaluate(at: x.pointer)
        let process = try ObjectiveCurvature(objective, at: x.pointer)
            .leading(.init(count: 12, tolerance: 1e-8, maxProducts: 1000))
        return ["loss": [loss], "eigenvalues": process.pairs.map(\.value)]
    }
}
