import CEos
import EosCore

/// Heavy ball (Polyak 1964): d = -g + momentum (x - x_before)/t, a step that halves until the value falls, and all scalars
/// that a policy can need.
struct HeavyBall: Policy {
    var momentum = 0.5

    var needs: PolicyNeeds { [.secant, .curvature, .trialSlope] }
    var historyPairs: Int { 1 }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) -> [Double] {
        history.pairs == 0 ? [-1] : [-1, momentum / iterate.last_step, 0]
    }

    mutating func propose(_ iterate: IterateScalars) -> Double { 2e-3 }

    mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict {
        let falls = trial.finite != 0 && trial.value < iterate.value
        if falls || trial.index == 20 { return .accept(trial.step, falls ? .first : .safeguard) }
        return .tryStep(trial.step / 2)
    }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}
    func reset() {}
    func save() -> [UInt8] { [] }
    func load(_ state: UnsafeRawBufferPointer) throws(EosError) { try StateDecoder(state).finish() }
}

/// Directions by a closure, constant steps that are always taken.
final class DirectingPolicy: Policy {
    let historyPairs: Int
    var needs: PolicyNeeds = []
    var step = 1e-3
    var direction: (IterateScalars, HistoryProducts) -> [Double]
    var look: (IterateScalars, eos_trial) -> Void = { _, _ in }

    init(pairs: Int, _ direction: @escaping (IterateScalars, HistoryProducts) -> [Double]) {
        historyPairs = pairs
        self.direction = direction
    }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) -> [Double] { direction(iterate, history) }
    func propose(_ iterate: IterateScalars) -> Double { step }

    func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict {
        look(iterate, trial)
        return .accept(trial.step, .first)
    }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}
    func reset() {}
    func save() -> [UInt8] { [] }
    func load(_ state: UnsafeRawBufferPointer) {}
}
