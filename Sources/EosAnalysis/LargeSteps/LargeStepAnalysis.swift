/// How large the steps of a run were, at sampled iterates: the certificate of "Flatland: The Adventures of Gradient
/// Descent with Large Step Sizes" (Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722).
///
/// A step eta whose neighbour eta/delta violates the test of sufficient decrease, f(w - t g) > f(w) - c t |g|^2 at
/// t = eta/delta, has eta l(w, eta/delta) >= 2 delta (1 - c): such a step is certified to be large, whatever policy took
/// it. A search that rejected the neighbour against a reference above f(w) rejected it by this test, too. Step sizes
/// are large where eta >= 1/l(w, eta) and, again and again, eta > 2/l(w, eta): beyond what guarantees a descent.
public struct LargeStepAnalysis: Sendable {
    public let samples: [Sample]
    /// delta and c of the test: the policy's own, else those of the paper.
    public let shrink: Double
    public let decrease: Double
    /// Steps of the whole run whose neighbour the search rejected; nil for a policy that does not search so.
    public let rejectedShare: Double?

    /// One iterate and the step that the run took from it.
    public struct Sample: Sendable, Equatable {
        public let iteration: Int
        public let step: Double
        /// l(w, eta).
        public let smoothness: Double
        /// l(w, eta/delta).
        public let neighbourSmoothness: Double
        /// Whether the test of sufficient decrease from f(w) fails at eta/delta.
        public let neighbourFails: Bool
        /// Whether the search tried the neighbour and rejected it, as recorded.
        public let neighbourWasRejected: Bool
        /// The largest eigenvalue of the Hessian at w.
        public let sharpness: Double

        public var stepSmoothness: Double { step * smoothness }
        public var stepSharpness: Double { step * sharpness }

        public init(
            iteration: Int, step: Double, smoothness: Double, neighbourSmoothness: Double, neighbourFails: Bool,
            neighbourWasRejected: Bool, sharpness: Double
        ) {
            self.iteration = iteration
            self.step = step
            self.smoothness = smoothness
            self.neighbourSmoothness = neighbourSmoothness
            self.neighbourFails = neighbourFails
            self.neighbourWasRejected = neighbourWasRejected
            self.sharpness = sharpness
        }
    }

    public init(samples: [Sample], shrink: Double, decrease: Double, rejectedShare: Double?) {
        self.samples = samples
        self.shrink = shrink
        self.decrease = decrease
        self.rejectedShare = rejectedShare
    }

    /// Whether a step is large by its neighbour or by eta l(w, eta) >= 1.
    public func isCertified(_ sample: Sample) -> Bool {
        sample.neighbourFails || sample.neighbourWasRejected || sample.stepSmoothness >= 1
    }

    public var certifiedShare: Double {
        samples.isEmpty ? .nan : Double(samples.count(where: isCertified)) / Double(samples.count)
    }

    /// eta l(w, eta/delta) / (2 delta (1 - c)): at least 1 where the neighbour fails.
    public func margin(_ sample: Sample) -> Double {
        sample.step * sample.neighbourSmoothness / (2 * shrink * (1 - decrease))
    }

    /// The smallest margin of the steps whose neighbour fails or was rejected; nil without such a step.
    public var leastMargin: Double? {
        samples.filter { $0.neighbourFails || $0.neighbourWasRejected }.map(margin).min()
    }

    /// The longest stretch of iterations without a sample with eta l(w, eta) > 2, from the first to the last sample: the
    /// bounded number of iterations in the definition of large step sizes, as far as the samples are dense.
    public var longestGap: Int? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let beyond = samples.filter { $0.stepSmoothness > 2 }.map(\.iteration)
        guard !beyond.isEmpty else { return nil }
        let ends = [first.iteration] + beyond + [last.iteration]
        return zip(ends, ends.dropFirst()).map { $1 - $0 }.max()
    }
}
