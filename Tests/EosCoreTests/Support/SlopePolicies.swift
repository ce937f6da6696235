import CEos
import EosCore

/// A search for the strong Wolfe conditions by bisection (Wolfe 1969): f(x + t d) <= f + c1 t <g, d> and
/// |<g(x + t d), d>| <= c2 |<g, d>|. Where sixty trials do not find such a step, rounding hides it.
struct StrongWolfe: Policy {
    static let c1 = 1e-4
    static let c2 = 0.1
    private static let mostTrials = 60

    /// Between them is a step that satisfies both conditions.
    private var below = 0.0
    private var above = Double.infinity

    var needs: PolicyNeeds { .trialSlope }

    mutating func propose(_ iterate: IterateScalars) -> Double {
        reset()
        return iterate.iteration == 0 ? 1 : 2 * iterate.last_step
    }

    mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict {
        if Self.holds(iterate, trial) { return .accept(trial.step, trial.index == 0 ? .first : .tracked) }
        if trial.index == Self.mostTrials { return .accept(below > 0 ? below : trial.step, .safeguard) }
        if trial.finite != 0, trial.value <= iterate.value + Self.c1 * trial.step * iterate.slope, trial.slope < 0 {
            below = trial.step
        } else {
            above = trial.step
        }
        return .tryStep(above.isFinite ? (below + above) / 2 : 2 * below)
    }

    static func holds(_ iterate: IterateScalars, _ trial: eos_trial) -> Bool {
        trial.finite != 0 && trial.value <= iterate.value + c1 * trial.step * iterate.slope
            && abs(trial.slope) <= c2 * abs(iterate.slope)
    }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}

    mutating func reset() { (below, above) = (0, .infinity) }

    func save() -> [UInt8] {
        var encoder = StateEncoder()
        encoder.encode([below, above])
        return encoder.bytes
    }

    mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        var decoder = StateDecoder(state)
        let numbers = try decoder.doubles()
        try decoder.finish()
        guard numbers.count == 2 else { throw EosError(EOS_E_FORMAT, "not the state of a strong Wolfe search") }
        (below, above) = (numbers[0], numbers[1])
    }
}

/// Looks at three steps and goes back to the first; the slopes that it was told of that one, when it was tried and when
/// it was accepted, are its state.
struct GoesBack: Policy {
    private(set) var slopes: [Double] = []
    let step: Double

    var needs: PolicyNeeds { .trialSlope }

    init(step: Double = 1e-4) { self.step = step }

    func propose(_ iterate: IterateScalars) -> Double { step }

    mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict {
        if trial.index == 0 { slopes.append(trial.slope) }
        return trial.index == 2 ? .accept(step, .backtracked) : .tryStep(trial.step / 2)
    }

    mutating func accepted(_ iterate: IterateScalars, _ trial: eos_trial) { slopes.append(trial.slope) }

    mutating func reset() { slopes = [] }

    func save() -> [UInt8] {
        var encoder = StateEncoder()
        encoder.encode(slopes)
        return encoder.bytes
    }

    mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        var decoder = StateDecoder(state)
        slopes = try decoder.doubles()
        try decoder.finish()
    }
}
