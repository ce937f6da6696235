import EosCore

extension PathReadOuts {
    /// Settings under which an accuracy is asked for.
    public struct Conditions: Sendable {
        /// Noise when tested, as a multiple of the network's own.
        public var noise: Double
        /// L2 norm of the worst input that is added to every path.
        public var attack: Double
        /// Draws of the noise for more than two classes, half of them the others' negatives.
        public var draws: Int
        public var seed: UInt64

        public init(noise: Double = 1, attack: Double = 0, draws: Int = 2000, seed: UInt64 = 1) {
            self.noise = noise
            self.attack = attack
            self.draws = draws
            self.seed = seed
        }
    }

    /// The probability that a path is classified rightly, averaged over the paths.
    ///
    /// Two classes: mean Phi((y mean - eps |h|)/(noise deviation)), exact, the worst input included (form and constants
    /// are ours). More: the share of draws of the joint noise in which all margins are positive; under an attack, in
    /// which all exceed what the attack can take from each, which is a bound from below. Without noise, the same of the
    /// means.
    public func accuracy(_ conditions: Conditions = Conditions()) -> Double {
        if readouts == 1 { return binaryAccuracy(conditions) }
        let gaps = (0..<readouts).map { label in
            (0..<readouts).map { $0 == label ? 0 : conditions.attack * gap(label, $0) }
        }
        let noise = conditions.noise > 0 ? draw(conditions) : [[Double](repeating: 0, count: readouts)]
        var right = 0
        means.withUnsafeBufferPointer { means in
            for index in 0..<count {
                let label = labels[index]
                let row = UnsafeBufferPointer(rebasing: means[index * readouts..<(index + 1) * readouts])
                for draw in noise where Self.isRight(row, draw, label, gaps[label]) { right += 1 }
            }
        }
        return Double(right) / Double(count * noise.count)
    }

    private func binaryAccuracy(_ conditions: Conditions) -> Double {
        let (loss, deviation) = (conditions.attack * gap(0, 0), conditions.noise * deviation(0, 0))
        let sum = (0..<count).reduce(0.0) { sum, index in
            let margin = margin(index, 0) - loss
            return sum + (deviation > 0 ? normalProbability(below: margin / deviation) : margin > 0 ? 1 : 0)
        }
        return sum / Double(count)
    }

    private static func isRight(
        _ row: UnsafeBufferPointer<Double>, _ noise: [Double], _ label: Int, _ gaps: [Double]
    ) -> Bool {
        let own = row[label] + noise[label]
        for other in row.indices where other != label && own - row[other] - noise[other] <= gaps[other] {
            return false
        }
        return true
    }

    /// Joint noise of the read-outs. A covariance that is singular, as of more read-outs than units, has noise in its
    /// range only: elimination skips what is left of zero.
    private func draw(_ conditions: Conditions) -> [[Double]] {
        let random = Random(seed: conditions.seed)
        let factor = semidefiniteFactor()
        return (0..<(conditions.draws + 1) / 2).flatMap { draw in
            let numbers = (0..<readouts).map { conditions.noise * random.normal(UInt64(draw * readouts + $0)) }
            let noise = factor * numbers
            return [noise, noise.map { -$0 }]
        }
    }

    private func semidefiniteFactor() -> DenseMatrix {
        var factor = DenseMatrix.zero(readouts, readouts)
        for j in 0..<readouts {
            var pivot = covariance[j, j]
            for k in 0..<j { pivot -= factor[j, k] * factor[j, k] }
            guard pivot > 1e-13 * covariance[j, j] else { continue }
            factor[j, j] = pivot.squareRoot()
            for i in (j + 1)..<max(readouts, j + 1) {
                var sum = covariance[i, j]
                for k in 0..<j { sum -= factor[i, k] * factor[j, k] }
                factor[i, j] = sum / factor[j, j]
            }
        }
        return factor
    }
}
