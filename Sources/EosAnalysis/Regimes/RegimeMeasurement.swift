/// What a run shows of its regime, from samples of where its iterates lie; most come in pairs of an iteration and the
/// next.
public struct RegimeMeasurement: Sendable {
    public let samples: [RegimeSample]
    public let step: Double

    /// Slopes of the critical regime are fitted from here on: before it the limits are far.
    public static let firstFitted = 10_000
    /// Distances below this are rounding.
    private static let rounding = 1e-12

    /// - Parameter samples: by ascending iteration.
    public init(_ samples: [RegimeSample], step: Double) {
        self.samples = samples
        self.step = step
    }

    /// The first sampled iteration at which eta lambda is below 2, and stays there in all samples.
    public var belowTheEdge: Int? {
        let last = samples.lastIndex { step * $0.sharpness >= 2 }
        guard let last else { return samples.first?.iteration }
        return last + 1 < samples.count ? samples[last + 1].iteration : nil
    }

    /// Pairs of an iteration and the next.
    private var pairs: [(RegimeSample, RegimeSample)] {
        zip(samples, samples.dropFirst()).filter { $1.iteration == $0.iteration + 1 }
    }

    /// |s_{t+1} / s_t| of the last ten pairs whose distances are more than rounding, their median; nil without a pair.
    public var convergenceFactor: Double? {
        let ratios = pairs.filter { abs($0.0.normalDistance) > 1e3 * Self.rounding }
            .map { abs($0.1.normalDistance / $0.0.normalDistance) }.suffix(10)
        return ratios.isEmpty ? nil : median(Array(ratios))
    }

    /// The slope of log d against log t, and of log |s|, from iteration 10,000 on; nil where there are fewer than five
    /// samples after it.
    public var distanceSlope: LineFit? { logLog(\.distance) }
    public var normalSlope: LineFit? { logLog { abs($0.normalDistance) } }

    /// d sqrt(t) and |s| sqrt(t) at the end, the latter as the mean of the last two iterates, which lie on two sides.
    public var lastScaledDistance: Double? {
        samples.last.map { $0.distance * Double($0.iteration).squareRoot() }
    }

    public var lastScaledNormalDistance: Double? {
        guard let last = samples.last else { return nil }
        return lastAmplitude.map { $0 * Double(last.iteration).squareRoot() }
    }

    /// What d sqrt(t) and |s| sqrt(t) go to: of the end and of a quarter of it, extrapolated, since the next order falls as
    /// t^(-1/2). Nil before iteration 40,000, where a quarter is too early.
    public var distanceLimit: Double? { limit { sample, _ in sample.distance } }
    public var normalDistanceLimit: Double? { limit { abs($0.normalDistance - $1.normalDistance) / 2 } }

    private func limit(_ quantity: (RegimeSample, RegimeSample) -> Double) -> Double? {
        guard let end = pairs.last, end.0.iteration >= 4 * Self.firstFitted else { return nil }
        let early = pairs.min {
            abs($0.0.iteration - end.0.iteration / 4) < abs($1.0.iteration - end.0.iteration / 4)
        }
        guard let early, early.0.iteration > 0 else { return nil }
        func scaled(_ pair: (RegimeSample, RegimeSample)) -> (value: Double, root: Double) {
            let root = (Double(pair.0.iteration) + 0.5).squareRoot()
            return (quantity(pair.0, pair.1) * root, 1 / root)
        }
        let (late, first) = (scaled(end), scaled(early))
        return late.value + (late.value - first.value) * late.root / (first.root - late.root)
    }

    /// The values of s on the two sides of M at the last two iterates; nil where they lie on one side.
    public var orbit: (upper: Double, lower: Double)? {
        guard let (a, b) = pairs.last, a.normalDistance * b.normalDistance < 0 else { return nil }
        return (max(a.normalDistance, b.normalDistance), min(a.normalDistance, b.normalDistance))
    }

    /// Half the distance of the last two iterates across M; nil without a last pair.
    public var lastAmplitude: Double? {
        pairs.last.map { abs($0.0.normalDistance - $0.1.normalDistance) / 2 }
    }

    /// How much log d falls a step, over the second half of the samples in which d is more than rounding.
    public var decayAlong: Double? {
        let seen = samples.filter { $0.distance > 1e3 * Self.rounding }
        guard let first = seen.first, let last = seen.last else { return nil }
        let half = first.iteration + (last.iteration - first.iteration) / 2
        let late = seen.filter { $0.iteration >= half }
        guard late.count >= 3 else { return nil }
        return LineFit(x: late.map { Double($0.iteration) }, y: late.map { logarithm($0.distance) }).map { -$0.slope }
    }

    private func logLog(_ quantity: (RegimeSample) -> Double) -> LineFit? {
        let late = samples.filter { $0.iteration >= Self.firstFitted && quantity($0) > Self.rounding }
        guard late.count >= 5 else { return nil }
        return LineFit(
            x: late.map { logarithm(Double($0.iteration)) }, y: late.map { logarithm(quantity($0)) })
    }
}

/// Where an iterate lies to the minima M of least squares.
public struct RegimeSample: Sendable, Equatable {
    public let iteration: Int
    /// d, from the projection onto M to the flattest minimum.
    public let distance: Double
    /// s, across M, positive on one side.
    public let normalDistance: Double
    /// lambda at the projection.
    public let sharpness: Double

    public init(iteration: Int, distance: Double, normalDistance: Double, sharpness: Double) {
        self.iteration = iteration
        self.distance = distance
        self.normalDistance = normalDistance
        self.sharpness = sharpness
    }
}
