import CEos
import EosCore

/// A policy that takes the steps that a run has taken, in the directions of the run's policy.
///
/// So a run is gone through once more at the price of a value and a gradient an iteration, whatever its own policy
/// tried, measured or was told on the way, and to the same bits: the points are formed from the same steps and, along
/// a ray where the run had one, in the same way.
struct RecordedSteps: Policy {
    let steps: [Double]
    /// The run's policy, which is asked for directions only: they follow from the history.
    let policy: any Policy

    /// Of the run's policy, what decides how a trial is evaluated.
    var needs: PolicyNeeds { policy.needs.intersection([.acceptsFirst, .expectsFirst, .trialSlope]) }
    var historyPairs: Int { policy.historyPairs }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double] {
        try policy.direct(iterate, history)
    }

    func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        let iteration = Int(iterate.iteration)
        guard steps.indices.contains(iteration) else {
            throw EosError(EOS_E_STATE, "no step was recorded for iteration \(iteration)")
        }
        return steps[iteration]
    }

    func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict { .accept(trial.step, .first) }
    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}
    func reset() {}
    func save() -> [UInt8] { [] }
    func load(_ state: UnsafeRawBufferPointer) {}
}
