import CEos

/// The line search that LS, NLS, NLS-ub, PoNLS, PoNoS, Armijo, GLL and Zhang-Hager are settings of.
///
/// A trial t along d = -g is accepted where v = f(x + t d) is finite and v <= R - c t G, with G = <g, g> and the
/// reference R. A rejected trial is shortened by `shrink`; after an accepted first trial the step may grow while
/// longer trials are accepted too ("forward tracking"), which brackets equality in the test within 1/shrink. It is
/// never tightened by bisection: with the running mean as reference a tight equality pins the loss to its mean.
/// (Galli, Fox, Bartolomaeus, Schmidt, Rauhut 2026, arXiv 2606.06722)
struct LineSearch: Policy {
    var identity = PolicyIdentity.none
    /// Where a search starts.
    enum Start {
        /// The previous accepted step times `growth`; 1 at the equality searches, which grow by tracking.
        case previous(growth: Double)
        /// (f - bound)/(c G + 1e-8): Polyak's step over c. `resetting`: multiplied by shrink^l before it is clipped, where l
        /// counts the backtracks of earlier searches less one for each search (PoNoS).
        case polyak(c: Double, resetting: Bool, bound: LowerBound)
    }

    /// What follows an accepted first trial.
    enum Tracking {
        case none
        /// Longer trials for as long as they are accepted.
        case repeated
        /// One longer trial, and only below the cap; nil: 2 over the objective's sharpness bound.
        case onceBelow(cap: Double?)
    }

    /// Rejections after which the smallest step is taken, and longer trials after which tracking ends.
    private static let limit = 100

    let start: Start
    let tracking: Tracking
    let c: Double
    let shrink: Double
    let firstStep: Double
    let minStep: Double
    let maxStep: Double

    private var reference: Reference
    private var step: Double
    private var backtracks = 0.0
    // Within one search:
    private var threshold = Double.nan
    private var cap = Double.infinity
    private var rejections = 0
    private var accepted = Double.nan
    private var trackings = 0

    init(
        start: Start, reference: Reference.Kind, tracking: Tracking, c: Double, shrink: Double,
        firstStep: Double = 1, minStep: Double, maxStep: Double
    ) {
        self.start = start
        self.tracking = tracking
        self.c = c
        self.shrink = shrink
        self.firstStep = firstStep
        self.minStep = minStep
        self.maxStep = maxStep
        self.reference = Reference(reference)
        step = firstStep
    }

    var needs: PolicyNeeds { [] }

    mutating func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        threshold = reference.update(iterate.value)
        // A value is known to its rounding only: a search that asks for more never ends in single precision. In double
        // precision the rule holds to the letter.
        if iterate.value_accuracy > .ulpOfOne { threshold += 4 * iterate.value_accuracy * abs(threshold) }
        rejections = 0
        trackings = 0
        accepted = .nan
        cap = try tracking.cap(iterate)
        var first = try start(iterate)
        if case .onceBelow = tracking {
            while first >= cap, first > minStep { first *= shrink }
        }
        return first
    }

    var lowerBound: LowerBound? {
        if case .polyak(_, _, let bound) = start { bound } else { nil }
    }

    private func start(_ iterate: IterateScalars) throws(EosError) -> Double {
        switch start {
        case .previous(let growth):
            return clip(iterate.iteration == 0 ? firstStep : step * growth)
        case .polyak(let c, let resetting, let bound):
            let gap = try bound.gap(iterate)
            let polyak =
                iterate.gradient_norm2.isFinite
                ? gap / (c * iterate.gradient_norm2 + 1e-8) : iterate.overGradient2(gap / c)
            return clip(resetting ? power(shrink, backtracks) * polyak : polyak)
        }
    }

    mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict {
        let enough = trial.finite != 0 && trial.value <= threshold - iterate.decrease(c * trial.step)
        if enough {
            let first = trial.index == 0
            accepted = trial.step
            guard first || trackings > 0 else { return .accept(accepted, .backtracked) }
            return track(first: first)
        }
        if trackings > 0 { return .accept(accepted, trackings > 1 ? .tracked : .first) }
        rejections += 1
        let shorter = trial.step * shrink
        guard rejections <= Self.limit, shorter > 0 else { return .accept(minStep, .safeguard) }
        return .tryStep(shorter)
    }

    /// After an accepted trial, the first or a longer one.
    private mutating func track(first: Bool) -> Verdict {
        let longer = accepted / shrink
        switch tracking {
        case .none:
            return .accept(accepted, .first)
        case .onceBelow:
            if !first { return .accept(accepted, .tracked) }
            guard longer < cap else { return .accept(accepted, .capped) }
        case .repeated:
            guard trackings < Self.limit, longer.isFinite else { return .accept(accepted, first ? .first : .tracked) }
        }
        trackings += 1
        return .tryStep(longer)
    }

    mutating func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {
        step = trial.step
        backtracks = max(backtracks + Double(rejections) - 1, 0)
    }

    mutating func reset() {
        reference.reset()
        step = firstStep
        backtracks = 0
    }

    func save() -> [UInt8] {
        var encoder = StateEncoder()
        reference.save(to: &encoder)
        encoder.encode([step, backtracks, threshold, cap, accepted])
        encoder.encode(rejections)
        encoder.encode(trackings)
        return encoder.bytes
    }

    mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        var decoder = StateDecoder(state)
        var reference = reference
        try reference.load(from: &decoder)
        let numbers = try decoder.doubles()
        let counts = (try decoder.count(), try decoder.count())
        try decoder.finish()
        guard numbers.count == 5 else {
            throw EosError(EOS_E_FORMAT, "the saved state belongs to another line search")
        }
        self.reference = reference
        (step, backtracks, threshold, cap, accepted) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        (rejections, trackings) = counts
    }

    private func clip(_ step: Double) -> Double { min(max(step, minStep), maxStep) }
}

extension LineSearch.Tracking {
    /// The cap in force at `iterate`; infinite where the tracking has none.
    func cap(_ iterate: IterateScalars) throws(EosError) -> Double {
        guard case .onceBelow(let cap) = self else { return .infinity }
        if let cap { return cap }
        return try knownCap(iterate)
    }
}

/// 2 over the objective's lower bound of the sharpness: no constant step above it can settle anywhere.
func knownCap(_ iterate: IterateScalars) throws(EosError) -> Double {
    guard iterate.sharpness_bound > 0 else {
        throw EosError(
            EOS_E_CONFIG,
            "cap = \"auto\" needs a lower bound of the sharpness, and the objective states none; set policy.cap "
                + "to a number")
    }
    return 2 / iterate.sharpness_bound
}

/// base^exponent for a whole, not negative exponent, by multiplication: the same bits everywhere.
private func power(_ base: Double, _ exponent: Double) -> Double {
    var result = 1.0
    var left = exponent
    while left >= 1, result > 0 {
        result *= base
        left -= 1
    }
    return result
}
