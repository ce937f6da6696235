import CEos
import CEosGuard
import EosCore

/// A policy of a manifest with a guard around it: what ends the process while a search is waited for, or changes it, is
/// the manifest's.
final class GuardedPolicy: Policy {
    var identity = PolicyIdentity.none
    private var policy: any Policy
    private let calls: CallGuard

    init(_ policy: any Policy, _ calls: CallGuard) {
        self.policy = policy
        self.calls = calls
    }

    var needs: PolicyNeeds { policy.needs }
    var historyPairs: Int { policy.historyPairs }

    func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        try calls.naming(CALL_PROPOSE) { () throws(EosError) in try policy.propose(iterate) }
    }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double] {
        try calls.naming(CALL_DIRECT) { () throws(EosError) in try policy.direct(iterate, history) }
    }

    func judge(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) -> Verdict {
        try calls.naming(CALL_JUDGE) { () throws(EosError) in try policy.judge(iterate, trial) }
    }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) {
        try calls.naming(CALL_POLICY) { () throws(EosError) in try policy.accepted(iterate, trial) }
    }

    func reset() throws(EosError) {
        try calls.naming(CALL_POLICY) { () throws(EosError) in try policy.reset() }
    }

    func save() throws(EosError) -> [UInt8] {
        try calls.naming(CALL_SAVE) { () throws(EosError) in try policy.save() }
    }

    func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        try calls.naming(CALL_LOAD) { () throws(EosError) in try policy.load(state) }
    }
}
