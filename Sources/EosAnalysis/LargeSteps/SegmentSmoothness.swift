import EosCore

/// The smoothness along a step, l(w, eta) = sup over 0 < t <= eta of |grad f(w) - grad f(w - t g)| / (t |g|) with
/// g = grad f(w), and 0 where g = 0 (Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722). A step below
/// 2 / l(w, eta) decreases f, and one of at least 1 / l is large.
///
/// The supremum is sampled: at `points` equal distances, at the limit t -> 0, which is |H g| / |g|, and closer around
/// the largest of these. So what is given never exceeds l but for rounding, and what is certified by it holds.
public final class SegmentSmoothness {
    public static let leastPoints = 64
    /// Evaluations that follow the largest sample.
    private static let refinements = 12

    private let objective: any Objective
    private let points: Int
    private let trial: Vector
    private let gradient: Vector
    private let product: Vector

    /// - Parameter points: samples on the segment of a step; at least 64.
    public init(_ objective: any Objective, points: Int = leastPoints) throws(EosError) {
        self.objective = objective
        self.points = max(points, Self.leastPoints)
        trial = try objective.space.makeVector()
        gradient = try objective.space.makeVector()
        product = try objective.space.makeVector()
    }

    /// l on a segment and what else is known at its far end.
    public struct Segment: Sendable, Equatable {
        public let length: Double
        /// l(w, length); infinite where the gradient is not finite all along it.
        public let smoothness: Double
        /// Where the largest ratio was found, 0 for the limit.
        public let position: Double
        /// f(w - length g); NaN where it is not finite.
        public let value: Double
    }

    /// Measures from `w` along -g, for each length of `lengths`, which ascend: `points` samples between one and the next.
    ///
    /// - Parameters:
    ///   - w: the point, `objective.space.count` elements.
    ///   - g: the gradient there.
    public func measure(
        at w: UnsafeRawPointer, gradient g: UnsafeRawPointer, lengths: [Double]
    ) throws(EosError) -> [Segment] {
        let norm = objective.space.norm2(g).squareRoot()
        guard norm > 0 else {
            return lengths.map { Segment(length: $0, smoothness: 0, position: 0, value: .nan) }
        }
        let ray = Ray(w: w, g: g, norm: norm)
        try ObjectiveCurvature(objective, at: w).multiply(g, into: product.pointer)
        var samples = [Sample(t: 0, ratio: objective.space.norm2(product.pointer).squareRoot() / norm)]
        var segments: [Segment] = []
        var start = 0.0
        for length in lengths {
            var value = Double.nan
            for index in 1...points {
                let t = index == points ? length : start + (length - start) * Double(index) / Double(points)
                let (sample, valueThere) = try sample(ray, t)
                samples.append(sample)
                value = valueThere
            }
            let top = try refine(ray, samples)
            segments.append(Segment(length: length, smoothness: top.ratio, position: top.t, value: value))
            start = length
        }
        return segments
    }

    private struct Ray {
        let w: UnsafeRawPointer
        let g: UnsafeRawPointer
        let norm: Double
    }

    private struct Sample {
        let t: Double
        let ratio: Double
    }

    private func sample(_ ray: Ray, _ t: Double) throws(EosError) -> (Sample, value: Double) {
        let space = objective.space
        space.move(ray.w, by: -t, along: ray.g, into: trial.pointer)
        let value = try objective.evaluate(at: trial.pointer, gradient: gradient.pointer)
        guard value.isFinite else { return (Sample(t: t, ratio: .infinity), .nan) }
        space.move(gradient.pointer, by: -1, along: ray.g, into: gradient.pointer)
        let change = space.norm2(gradient.pointer).squareRoot()
        return (Sample(t: t, ratio: change.isFinite ? change / (t * ray.norm) : .infinity), value)
    }

    /// Golden sections between the neighbours of the largest sample.
    private func refine(_ ray: Ray, _ samples: [Sample]) throws(EosError) -> Sample {
        let top = samples.indices.max { samples[$0].ratio < samples[$1].ratio }!
        var best = samples[top]
        guard best.ratio.isFinite, top > 0 else { return best }
        var low = samples[top - 1].t
        var high = samples[min(top + 1, samples.count - 1)].t
        let golden = (5.0.squareRoot() - 1) / 2
        for _ in 0..<Self.refinements / 2 {
            let left = try sample(ray, high - golden * (high - low)).0
            let right = try sample(ray, low + golden * (high - low)).0
            for sample in [left, right] where sample.ratio > best.ratio { best = sample }
            if left.ratio > right.ratio { high = right.t } else { low = left.t }
        }
        return best
    }
}
