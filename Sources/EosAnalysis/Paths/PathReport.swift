/// What arXiv 2108.03090 has to say about one trained network, in numbers.
public struct PathReport: Sendable {
    public struct Settings: Sendable {
        /// L2 norms of attacks.
        public var attacks = [0, 0.1, 0.2, 0.3, 0.5, 1]
        /// Noise when tested, as multiples of the network's own.
        public var noises = [0, 0.3, 1, 3, 10]
        /// The partial signature is followed to this order, or until the error is below 1e-9 of the mean.
        public var largestOrder = 40
        /// Simulated paths; 0: none.
        public var draws = 20000
        public var seed: UInt64 = 1
        /// Probability with which the generalisation bound may fail.
        public var delta = 0.05

        public init() {}
    }

    public struct Order: Sendable {
        public let order: Int
        /// |mean - partial sum| over |mean|, as root mean squares over the paths.
        public let error: Double
        /// Of the network that is told S_0 ... S_order and nothing else.
        public let accuracy: Double
    }

    /// On the test paths where there are any, else on the training paths, as everything below but the bound.
    public let isTested: Bool
    public let trainingAccuracy: Double
    public let accuracy: Double
    public let noiseFreeAccuracy: Double
    public let lipschitz: Double
    public let attacks: [(norm: Double, accuracy: Double)]
    public let noises: [(factor: Double, accuracy: Double)]
    public let signature: [Order]
    public let bound: PathBound
    /// Of the differential equation instead of its Euler steps.
    public let exactAccuracy: Double
    /// By simulation, with its standard error; nil: none was asked for.
    public let simulated: (accuracy: Double, error: Double)?

    public init(_ run: PathRun, _ settings: Settings = Settings()) {
        let network = run.network
        let samples = run.testing ?? run.training
        isTested = run.testing != nil
        let euler = PathReadOuts.euler(network, samples)
        trainingAccuracy = PathReadOuts.euler(network, run.training).accuracy()
        accuracy = euler.accuracy()
        noiseFreeAccuracy = euler.noiseFreeAccuracy
        lipschitz = euler.lipschitz
        attacks = settings.attacks.map { ($0, euler.accuracy(.init(attack: $0))) }
        noises = settings.noises.map { ($0, euler.accuracy(.init(noise: $0))) }
        bound = PathBound.euler(network, run.training, delta: settings.delta)
        let exact = PathReadOuts.exact(network, samples)
        exactAccuracy = exact.accuracy()
        signature = Self.signature(network, samples, upTo: settings.largestOrder)
        if settings.draws > 0 {
            let share = PathSimulation(network, seed: settings.seed).accuracy(samples, draws: settings.draws)
            simulated = (share, (share * (1 - share) / Double(settings.draws)).squareRoot())
        } else {
            simulated = nil
        }
    }

    /// How much of the partial signature, order by order, tells how much of the mean of Y_T and of the class.
    ///
    /// - Parameters:
    ///   - largest: followed to this order, or until the error is below 1e-9 of the mean.
    ///   - draws: of the noise, for more than two classes.
    public static func signature(
        _ network: PathNetwork, _ samples: PathSamples, upTo largest: Int = 40, draws: Int = 2000
    ) -> [Order] {
        let (steps, duration) = (samples.steps, samples.duration)
        let exact = PathResponse.exact(network, steps: steps, duration: duration)
        let covariance = network.covariance(duration: duration)
        let size = squaredMeans(exact.matrix, samples)
        var orders: [Order] = []
        for order in 0...max(0, largest) {
            let response = PathResponse.signature(network, order: order, steps: steps, duration: duration)
            let error = (squaredMeans(response.matrix - exact.matrix, samples) / size).squareRoot()
            let readOuts = PathReadOuts(network, samples, response, covariance: covariance)
            orders.append(Order(order: order, error: error, accuracy: readOuts.accuracy(.init(draws: draws))))
            if error < 1e-9 { break }
        }
        return orders
    }

    /// The sum over the paths of |matrix x|^2.
    private static func squaredMeans(_ matrix: DenseMatrix, _ samples: PathSamples) -> Double {
        var sum = 0.0
        let length = matrix.columns
        samples.values.withUnsafeBufferPointer { values in
            matrix.elements.withUnsafeBufferPointer { matrix in
                for index in 0..<samples.count {
                    for i in 0..<matrix.count / length {
                        var mean = 0.0
                        for j in 0..<length { mean += matrix[i * length + j] * values[index * length + j] }
                        sum += mean * mean
                    }
                }
            }
        }
        return sum
    }
}
