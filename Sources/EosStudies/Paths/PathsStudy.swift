import EosAnalysis
import EosCore

/// Bartolomaeus, Boutaib, Nestler, Rauhut: "Path classification by stochastic linear recurrent neural networks", Adv.
/// Cont. Discr. Models 2022, arXiv 2108.03090.
struct PathsStudy: Study {
    let name = "paths"
    let title = "Path classification by stochastic linear recurrent neural networks"
    let citation =
        "Bartolomaeus, Boutaib, Nestler, Rauhut, Advances in Continuous and Discrete Models, 2022, arXiv 2108.03090"
    let summary = """
        Linear recurrent networks with noise in their state are trained on the expected 0-1 loss, which has a closed \
        form, with sigma from 0.01 to 1: accuracy and robustness, noise when tested against noise when trained, \
        generalisation, and the partial signature that is all they know of a path. Formulae, constants and data sets are ours.
        """

    static let sigmas = [0.01, 0.03, 0.1, 0.3, 1]
    /// The sizes of training sets.
    static func counts(_ scale: Scale) -> [Int] {
        scale.pick(quick: [25, 50, 100, 200, 400, 800], full: [25, 50, 100, 200, 400, 800, 1600, 3200, 6400])
    }
    static let generalisationSigma = 0.3

    func seeds(_ task: PathTask, _ scale: Scale) -> [Int] {
        let count = task.name == "synthetic" ? scale.pick(quick: 3, full: 10) : scale.pick(quick: 1, full: 5)
        return Array(1...count)
    }

    /// How networks are trained: to the end, or shortly.
    enum Length: String, CaseIterable { case long, short }

    func iterations(_ task: PathTask, _ length: Length, _ scale: Scale) -> Int {
        switch (task.name, length) {
        case ("synthetic", .long): scale.pick(quick: 2000, full: 5000)
        case (_, .short): 300
        case ("digits", _): scale.pick(quick: 60, full: 1000)
        default: scale.pick(quick: 400, full: 2000)
        }
    }

    static func key(_ task: PathTask, _ length: Length, _ sigma: Double, _ seed: Int) -> String {
        "\(task.name)-\(length.rawValue)-sigma\(sigma)-seed\(seed)"
    }

    static func boundKey(_ count: Int, _ seed: Int) -> String { "bound-n\(count)-seed\(seed)" }

    func boundSeeds(_ scale: Scale) -> [Int] { Array(1...scale.pick(quick: 5, full: 20)) }

    func minutes(_ scale: Scale) -> Double { scale.pick(quick: 0.3, full: 7) }

    func dataFiles(_ scale: Scale) -> [String] { PathTask.all.flatMap(\.files) }

    func experiments(_ scale: Scale) throws(EosError) -> [Experiment] {
        var all: [Experiment] = []
        for task in PathTask.all {
            for length in Length.allCases where length == .long || task.name == "synthetic" {
                for sigma in Self.sigmas {
                    for seed in seeds(task, scale) { all.append(training(task, length, sigma, seed, scale)) }
                }
            }
        }
        for count in Self.counts(scale) {
            for seed in boundSeeds(scale) { all.append(Self.generalisation(count, seed, scale)) }
        }
        return all
    }

    private func training(
        _ task: PathTask, _ length: Length, _ sigma: Double, _ seed: Int, _ scale: Scale
    ) -> Experiment {
        let keys = task.keys(sigma: sigma, seed: seed)
        let iterations = iterations(task, length, scale)
        // Short: by the monotone search, which stays near where it began.
        let policy = length == .long ? "gll" : "ls"
        let draws = seed == 1 && length == .long ? scale.pick(quick: 20_000, full: 200_000) : 0
        let inputs = [
            "keys": keys, "policy": policy, "iterations": "\(iterations)", "seed": "\(seed)", "draws": "\(draws)",
            "noise": "\(Self.sigmas)",
        ]
        return Experiment(
            Self.key(task, length, sigma, seed), inputs: inputs, cost: task.cost * Double(iterations) + 0.5
        ) { (laboratory) throws(EosError) in
            try PathTraining(
                laboratory, keys: keys, policy: policy, seed: seed, iterations: iterations, sigma: sigma
            ).numbers(sigmas: Self.sigmas, draws: draws)
        }
    }

    /// n paths: all parameters trained, and the read-out alone on W and A from the seed.
    private static func generalisation(_ count: Int, _ seed: Int, _ scale: Scale) -> Experiment {
        let sigma = generalisationSigma
        // Other data than those of the training curves: seeds far away.
        let keys =
            "units=10 sigma=\(sigma) data.generator=noisy-sine data.train=\(count) data.test=5000 "
            + "data.seed=\(1000 + seed)"
        let iterations = scale.pick(quick: 300, full: 2000)
        return Experiment(
            boundKey(count, seed), inputs: ["keys": keys, "iterations": "\(iterations)", "seed": "\(seed)"],
            cost: 0.5 + Double(count * iterations) * 1e-6
        ) { (laboratory) throws(EosError) in
            let start = try PathTraining(
                laboratory, keys: keys, policy: "gll", seed: seed, iterations: 0, sigma: sigma)
            let fixed = FixedStateTraining(start.network, start.training, iterations: 500).network
            let bound = PathBound.euler(fixed, start.training)
            let trained = try PathTraining(
                laboratory, keys: keys, policy: "gll", seed: seed, iterations: iterations, sigma: sigma)
            return [
                "fixed_training": [bound.empirical],
                "fixed_test": [PathReadOuts.euler(fixed, start.testing).loss],
                "complexity": [bound.complexity], "confidence": [bound.confidence],
                "trained_training": [trained.loss],
                "trained_test": [PathReadOuts.euler(trained.network, trained.testing).loss],
            ]
        }
    }
}
