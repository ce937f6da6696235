import CEos
import EosCore
import Glibc

/// A generator of data with its parameters. Everything drawn comes from the stream of one seed.
struct Generator {
    private enum Kind {
        case clusters(classes: Int, dimension: Int, spread: Double, noise: Double)
        case sparseCoding(dimension: Int, signal: Double)
        case noisySine(steps: Int, kappa: Double)
    }

    private let kind: Kind
    private let random: Random

    init(_ keys: Configuration) throws(EosError) {
        func integer(_ key: String, _ otherwise: Int) -> Int { (try? keys.integer(key)).map { Int($0) } ?? otherwise }
        func number(_ key: String, _ otherwise: Double) -> Double { (try? keys.number(key)) ?? otherwise }

        random = Random(seed: UInt64(bitPattern: Int64(integer("data.seed", 7))))
        switch DataGenerator(rawValue: try keys.string("data.generator"))! {
        case .clusters:
            kind = .clusters(
                classes: integer("data.classes", 10), dimension: integer("data.dimension", 16),
                spread: number("data.spread", 0.8), noise: number("data.noise", 0.9))
        case .sparseCoding:
            kind = .sparseCoding(dimension: integer("data.dimension", 200), signal: number("data.signal", 3))
        case .noisySine:
            kind = .noisySine(steps: integer("data.steps", 50), kappa: number("data.kappa", 2))
        }
    }

    func samples<Scalar: DataScalar>(_ request: DataRequest) throws(EosError) -> Samples<Scalar> {
        let train = request.train!
        let test = request.test ?? 0
        switch kind {
        case .clusters(let classes, let dimension, let spread, let noise):
            let samples = try Samples<Scalar>(train: train, test: test, shape: .table(dimension), classes: classes)
            try fillClusters(samples, spread: spread, noise: noise)
            return samples
        case .sparseCoding(let dimension, let signal):
            let samples = try Samples<Scalar>(train: train, test: test, shape: .table(dimension), classes: 2)
            fillSparseCoding(samples, signal: signal)
            return samples
        case .noisySine(let steps, let kappa):
            let samples = try Samples<Scalar>(
                train: train, test: test, shape: .series(steps: steps, channels: 1), classes: 2)
            fillNoisySine(samples, kappa: kappa)
            return samples
        }
    }

    /// Uniform clouds around uniform centres: first the centres, classes x dimension, row-major,
    /// spread sqrt(3) (2u - 1) each; then sample by sample with label i mod classes, centre + noise sqrt(3) (2u - 1).
    private func fillClusters<Scalar>(_ samples: Samples<Scalar>, spread: Double, noise: Double) throws(EosError) {
        let dimension = samples.shape.features
        let (size, overflow) = samples.classes.multipliedReportingOverflow(by: dimension)
        guard !overflow, let memory = calloc(size, MemoryLayout<Double>.stride) else {
            throw EosError(
                EOS_E_MEMORY, "there is not enough memory for \(samples.classes) centres of \(dimension) numbers")
        }
        defer { free(memory) }
        let centres = memory.bindMemory(to: Double.self, capacity: size)
        let root = 3.0.squareRoot()
        for index in 0..<size { centres[index] = spread * root * (2 * random.uniform(UInt64(index)) - 1) }
        var counter = UInt64(size)
        for index in 0..<samples.count {
            let label = index % samples.classes
            samples.labels[index] = Int32(label)
            let row = samples.sample(index)
            for feature in 0..<dimension {
                let cloud = noise * root * (2 * random.uniform(counter) - 1)
                row[feature] = Scalar(centres[label * dimension + feature] + cloud)
                counter &+= 1
            }
        }
    }

    /// x = signal y e_j + xi, y = -1 (label 0) or +1 (label 1), j uniform, xi standard normal (arXiv 2212.07469).
    ///
    /// Sample i of dimension d uses the counters from b = i (2 + 2 d): y is -1 where uniform(b) < 1/2,
    /// j = floor(d uniform(b + 1)), xi_m = normal(b / 2 + 1 + m).
    private func fillSparseCoding<Scalar>(_ samples: Samples<Scalar>, signal: Double) {
        let dimension = samples.shape.features
        for index in 0..<samples.count {
            let base = UInt64(index) &* UInt64(2 + 2 * dimension)
            let label = random.uniform(base) < 0.5 ? 0 : 1
            let place = Int(random.uniform(base + 1) * Double(dimension))
            samples.labels[index] = Int32(label)
            let row = samples.sample(index)
            for feature in 0..<dimension {
                let bump = feature == place ? signal * Double(2 * label - 1) : 0
                row[feature] = Scalar(bump + random.normal(base / 2 + 1 + UInt64(feature)))
            }
        }
    }

    /// Series x_k = y sin(2 pi k / K) + kappa B_k, k = 0 ..< K, y = -1 (label 0) or +1 (label 1), B a random walk from 0
    /// with increments of variance 1 / K.
    ///
    /// Sample i of K steps uses the counters from b = i (2 + 2 K): y is -1 where uniform(b) < 1/2, and
    /// B_k = B_(k-1) + normal(b / 2 + k) / sqrt(K).
    private func fillNoisySine<Scalar>(_ samples: Samples<Scalar>, kappa: Double) {
        let steps = samples.shape.steps
        let deviation = 1 / Double(steps).squareRoot()
        for index in 0..<samples.count {
            let base = UInt64(index) &* UInt64(2 + 2 * steps)
            let label = random.uniform(base) < 0.5 ? 0 : 1
            samples.labels[index] = Int32(label)
            let row = samples.sample(index)
            var walk = 0.0
            for step in 0..<steps {
                if step > 0 { walk += deviation * random.normal(base / 2 + UInt64(step)) }
                let sine = sin(2 * Double.pi * Double(step) / Double(steps))
                row[step] = Scalar(Double(2 * label - 1) * sine + kappa * walk)
            }
        }
    }
}
