/// A network on a data set: three linear layers, mean squared error over N*K against one-hot classes.
struct FlatlandProblem: Sendable {
    /// Part of keys.
    let key: String
    let title: String
    /// The lines of `[objective]` but for the seed, and `[objective.data]`.
    let objective: String
    /// K.
    let outputs: Double
    let iterations: Int
    /// Iterations from one measurement of sharpness and accuracy to the next.
    let every: Int
    let seeds: [Int]
    let constantSteps: [Double]
    /// Seconds of an iteration and of a measurement on one processor of 2.5 GHz.
    let seconds: (iteration: Double, measurement: Double)

    /// 2/K, below which the sharpness is nowhere.
    var bound: Double { 2 / outputs }

    /// s of a problem G-s.
    var factor: Double { Double(key.dropFirst(2)) ?? .nan }

    var methods: [FlatlandMethod] { FlatlandMethod.adaptive + constantSteps.map { .constant($0) } }

    func key(_ method: FlatlandMethod, _ seed: Int) -> String { "\(key)-\(method.key)-\(seed)" }

    func spec(_ method: FlatlandMethod, _ seed: Int) -> String {
        """
        [objective]
        plugin = "mlp"
        seed = \(seed)
        loss = "mse"
        \(objective)
        [policy]
        \(method.policy)
        [stop]
        iterations = \(iterations)
        loss = 1e-8
        gradient_norm = 1e-8
        [probes.sharpness]
        every = \(every)
        [probes.metrics]
        every = \(every)
        """
    }

    func experiment(_ method: FlatlandMethod, _ seed: Int) -> Experiment {
        let cost = Double(iterations) * seconds.iteration + Double(iterations / every + 1) * seconds.measurement
        return Experiment(key(method, seed), run: spec(method, seed), cost: cost + 0.2)
    }
}

extension FlatlandProblem {
    /// The portable problem B: clusters, 16-32-32-10, tanh.
    static func b(_ scale: Scale) -> FlatlandProblem {
        FlatlandProblem(
            key: "b", title: "B", objective: clusters("tanh"), outputs: 10,
            iterations: scale.pick(quick: 500, full: 2000), every: 10,
            seeds: Array(1...scale.pick(quick: 1, full: 5)), constantSteps: constants(scale), seconds: (0.0004, 0.01))
    }

    /// The portable problems G-s: the same with relu, every initial parameter multiplied by s.
    static func g(_ factor: Double, _ scale: Scale) -> FlatlandProblem {
        FlatlandProblem(
            key: "g-\(factor.significant())", title: "G-\(factor.significant())",
            objective: clusters("relu", scale: factor), outputs: 10, iterations: 1500, every: 25,
            seeds: Array(1...scale.pick(quick: 5, full: 10)), constantSteps: [], seconds: (0.0003, 0.01))
    }

    /// The portable problem C, the first 500 digits.
    static func c(_ scale: Scale) -> FlatlandProblem {
        FlatlandProblem(
            key: "digits-500", title: "digits, 500",
            objective: digits(train: 500, test: 1000), outputs: 10,
            iterations: scale.pick(quick: 500, full: 2000), every: scale.pick(quick: 20, full: 10),
            seeds: Array(1...scale.pick(quick: 1, full: 3)), constantSteps: constants(scale),
            seconds: (0.003, 0.085))
    }

    /// The same with every initial parameter multiplied by a factor.
    static func scaledC(_ factor: Double) -> FlatlandProblem {
        FlatlandProblem(
            key: "digits-500x\(factor.significant())", title: "digits, 500, scaled by \(factor.significant())",
            objective: digits(train: 500, test: 1000, scale: factor), outputs: 10, iterations: 1500, every: 50,
            seeds: [1, 2, 3], constantSteps: [], seconds: (0.003, 0.085))
    }

    static func digits(_ scale: Scale) -> FlatlandProblem {
        FlatlandProblem(
            key: "digits-1500", title: "digits, 1500", objective: digits(train: 1500, test: 297, dtype: "f32"),
            outputs: 10, iterations: 5000, every: 100, seeds: [1], constantSteps: constants(scale),
            seconds: (0.005, 0.12))
    }

    static func mnist(_ scale: Scale) -> FlatlandProblem {
        let count = scale.pick(quick: 1000, full: 5000)
        return FlatlandProblem(
            key: "mnist", title: "MNIST, \(count)",
            objective: """
                layers = [784, 100, 100, 10]
                activation = "relu"
                dtype = "f32"
                [objective.data]
                format = "idx"
                file = "\(mnistFiles[0])"
                labels = "\(mnistFiles[1])"
                test_file = "\(mnistFiles[2])"
                test_labels = "\(mnistFiles[3])"
                train = \(count)
                standardize = "global"
                """, outputs: 10, iterations: scale.pick(quick: 200, full: 2000),
            every: scale.pick(quick: 40, full: 50), seeds: [1],
            constantSteps: scale.pick(quick: [1, 2], full: [0.5, 1, 2, 4]),
            seconds: scale.pick(quick: (0.012, 0.25), full: (0.055, 1.1)))
    }

    static func cifar(_ scale: Scale) -> FlatlandProblem {
        let count = scale.pick(quick: 1000, full: 5000)
        return FlatlandProblem(
            key: "cifar", title: "CIFAR-10 subset, \(count)",
            objective: """
                layers = [3072, 100, 100, 10]
                activation = "relu"
                dtype = "f32"
                [objective.data]
                format = "cifar"
                file = "\(cifarFiles[0])"
                test_file = "\(cifarFiles[1])"
                train = \(count)
                standardize = "per-channel"
                """, outputs: 10, iterations: scale.pick(quick: 100, full: 1000),
            every: scale.pick(quick: 25, full: 50), seeds: [1],
            constantSteps: scale.pick(quick: [0.5, 1], full: [0.25, 0.5, 1, 2]),
            seconds: scale.pick(quick: (0.03, 0.5), full: (0.14, 2.5)))
    }

    static let digitsFile = "digits/optdigits.tes"
    static let mnistFiles = [
        "mnist/mnist5k-train-images-idx3-ubyte.gz", "mnist/mnist5k-train-labels-idx1-ubyte.gz",
        "mnist/mnist1k-test-images-idx3-ubyte.gz", "mnist/mnist1k-test-labels-idx1-ubyte.gz",
    ]
    static let cifarFiles = ["cifar10/cifar10_5k_train.bin.gz", "cifar10/cifar10_1k_test.bin.gz"]

    /// Below 2/(2/K) = 10, where every constant step is too long.
    private static func constants(_ scale: Scale) -> [Double] { scale.pick(quick: [2, 4], full: [0.5, 1, 2, 4, 8]) }

    private static func clusters(_ activation: String, scale: Double = 1) -> String {
        """
        layers = [16, 32, 32, 10]
        activation = "\(activation)"
        init_scale = \(scale)
        dtype = "f64"
        [objective.data]
        generator = "clusters"
        train = 200
        test = 1000
        """
    }

    private static func digits(train: Int, test: Int, scale: Double = 1, dtype: String = "f64") -> String {
        """
        layers = [64, 100, 100, 10]
        activation = "relu"
        init_scale = \(scale)
        dtype = "\(dtype)"
        [objective.data]
        file = "\(digitsFile)"
        format = "csv"
        train = \(train)
        test = \(test)
        standardize = "global"
        """
    }
}
