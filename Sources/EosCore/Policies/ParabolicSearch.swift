import CEos

/// A monotone search for the minimum along a ray by parabolas through the value and slope at its start and the value of a
/// trial: no slopes of trials.
///
/// A trial t is acceptable where v = f(x + t d) is finite and v <= f + c t <g, d>. One that is not is shortened to the
/// parabola's minimum, by a factor of .1 to .5 (Dennis, Schnabel 1983, algorithm A6.3.1). The first acceptable one is
/// taken; along a ray, where trials cost little, the parabola's minimum is tried from there on for as long as that brings
/// a smaller value, and a step another than the last by more than 35 %.
struct ParabolicSearch {
    private static let mostRejections = 60
    private static let mostRefinements = 8
    private static let shortening = (0.1, 0.5)
    private static let refining = (0.2, 3.0)
    private static let closeness = 0.35

    let c: Double
    let firstStep: Double
    let minStep: Double

    // Within one search:
    private var threshold = Double.nan
    private var rejections = 0
    private var refinements = 0
    private var isRefined = false
    /// The best acceptable trial; its step is NaN where there is none.
    private var best = (step: Double.nan, value: Double.nan)

    init(c: Double, firstStep: Double, minStep: Double) {
        self.c = c
        self.firstStep = firstStep
        self.minStep = minStep
    }

    mutating func propose(_ iterate: IterateScalars) -> Double {
        reset()
        // A value is known to its rounding only.
        threshold = iterate.value + rounding(iterate)
        return iterate.iteration == 0 ? firstStep : 1
    }

    mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict {
        let isAcceptable = trial.finite != 0 && trial.value <= threshold + c * trial.step * iterate.slope
        guard best.step.isNaN else {
            guard isAcceptable, trial.value < best.value else { return .accept(best.step, reason) }
            best = (trial.step, trial.value)
            isRefined = true
            return refine(iterate)
        }
        if isAcceptable {
            best = (trial.step, trial.value)
            return refine(iterate)
        }
        rejections += 1
        let value = trial.finite != 0 ? trial.value : .nan
        let shorter = clip(minimum(iterate, trial.step, value), Self.shortening, trial.step)
        guard rejections <= Self.mostRejections, shorter >= minStep else { return .accept(minStep, .safeguard) }
        return .tryStep(shorter)
    }

    /// After an acceptable trial, which is the best one.
    private mutating func refine(_ iterate: IterateScalars) -> Verdict {
        let better = clip(minimum(iterate, best.step, best.value), Self.refining, best.step)
        let isCheap = iterate.flags & UInt32(EOS_ITERATE_RAY) != 0
        let isDone =
            !isCheap || refinements == Self.mostRefinements || abs(better - best.step) <= Self.closeness * best.step
            || !better.isFinite || abs(best.value - iterate.value) <= rounding(iterate)
        if isDone { return .accept(best.step, reason) }
        refinements += 1
        return .tryStep(better)
    }

    private var reason: StepReason { isRefined ? .tracked : rejections > 0 ? .backtracked : .first }

    /// Where the parabola through f, its slope and the value at `step` is least; infinite where it has no minimum, NaN
    /// where the value is no number.
    private func minimum(_ iterate: IterateScalars, _ step: Double, _ value: Double) -> Double {
        let bend = value - iterate.value - iterate.slope * step
        return bend > 0 ? -iterate.slope * step * step / (2 * bend) : bend.isNaN ? .nan : .infinity
    }

    private func clip(_ step: Double, _ factors: (Double, Double), _ from: Double) -> Double {
        // NaN, of a value that is no number, becomes the shortest.
        step >= factors.0 * from ? min(step, factors.1 * from) : factors.0 * from
    }

    private func rounding(_ iterate: IterateScalars) -> Double { 4 * iterate.value_accuracy * abs(iterate.value) }

    mutating func reset() {
        threshold = .nan
        rejections = 0
        refinements = 0
        isRefined = false
        best = (.nan, .nan)
    }

    func save() -> [UInt8] {
        var encoder = StateEncoder()
        encoder.encode([threshold, best.step, best.value])
        encoder.encode(rejections)
        encoder.encode(refinements)
        encoder.encode(isRefined)
        return encoder.bytes
    }

    mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        var decoder = StateDecoder(state)
        let numbers = try decoder.doubles()
        let counts = (try decoder.count(), try decoder.count())
        let isRefined = try decoder.bool()
        try decoder.finish()
        guard numbers.count == 3 else {
            throw EosError(EOS_E_FORMAT, "the saved state belongs to another line search")
        }
        threshold = numbers[0]
        best = (numbers[1], numbers[2])
        (rejections, refinements) = counts
        self.isRefined = isRefined
    }
}
