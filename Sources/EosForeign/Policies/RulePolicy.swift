import CEos
import EosCore

/// A function that asks for no value and gives the step from what is known at the iterate: called where it is needed,
/// without a thread of its own. Value and gradient are evaluated together, since its step is taken as it is.
final class RulePolicy: Policy {
    private let name: String
    private let rule: any PushedSearch

    init(_ name: String, _ rule: any PushedSearch) {
        self.name = name
        self.rule = rule
    }

    var needs: PolicyNeeds { .acceptsFirst }

    func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        switch rule.run(SearchStart(iterate)) {
        case .step(let step) where step > 0 && step.isFinite: return step
        case .step(let step):
            throw EosError(
                EOS_E_PLUGIN,
                "the rule \(name) returned the step \(step) at iteration \(iterate.iteration); a step must be "
                    + "positive and finite, so check the signature and the roles of its arguments")
        case .failed(let status):
            throw EosError(
                EOS_E_PLUGIN, "the rule \(name) returned the status \(status) at iteration \(iterate.iteration)")
        }
    }

    func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict { .accept(trial.step, .first) }
    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}
    func reset() {}
    func save() -> [UInt8] { [] }

    func load(_ state: UnsafeRawBufferPointer) throws(EosError) { try StateDecoder(state).finish() }
}
