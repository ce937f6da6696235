import CEos
import EosCore

/// A policy whose calls are looked at and kept, and which may be exchanged before each of them.
final class WatchedPolicy: Policy {
    /// What a call gave.
    enum Call: Equatable {
        case directed([UInt64])
        case proposed(UInt64)
        case judged(String, UInt64)
        case accepted
    }

    private(set) var calls: [Call] = []
    /// What was asked of `direct`, and what it gave.
    private(set) var directions: [(iterate: eos_iterate, history: HistoryProducts, factors: [Double])] = []
    /// What was wrong first.
    private(set) var fault: String?
    /// Whether that was a trial without a value that was accepted.
    private(set) var acceptsNothing = false
    private(set) var longestSearch = 0
    private(set) var trialsWithoutValue = 0

    private var policy: any Policy
    private let where_: String
    /// Gives what goes on instead of a policy, called before every call.
    private let exchange: ((any Policy) throws(EosError) -> any Policy)?
    private var trials = 0
    static let mostTrials = 1000

    init(
        _ policy: any Policy, on function: String,
        exchange: ((any Policy) throws(EosError) -> any Policy)? = nil
    ) {
        self.policy = policy
        where_ = function
        self.exchange = exchange
    }

    var needs: PolicyNeeds { policy.needs }
    var historyPairs: Int { policy.historyPairs }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double] {
        try swap()
        let factors = try policy.direct(iterate, history)
        if let factor = factors.first(where: { !$0.isFinite }) {
            throw fault(
                "direct gives the factor \(factor) at iterate \(iterate.iteration) of \(where_); write all factors")
        }
        calls.append(.directed(factors.map(\.bitPattern)))
        directions.append((iterate.address.pointee, history, factors))
        return factors
    }

    func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        try swap()
        trials = 0
        let step = try policy.propose(iterate)
        try check(step, "propose gives the step", iterate)
        calls.append(.proposed(step.bitPattern))
        return step
    }

    func judge(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) -> Verdict {
        try swap()
        trials += 1
        longestSearch = max(longestSearch, trials)
        if trial.finite == 0 { trialsWithoutValue += 1 }
        let verdict = try policy.judge(iterate, trial)
        switch verdict {
        case .tryStep(let step):
            try check(step, "judge asks for the step", iterate)
            if trials >= Self.mostTrials {
                throw fault(
                    "the search at iterate \(iterate.iteration) of \(where_) continues after \(trials) trials (last step "
                        + "\(short(step))); accept the smallest step at the end")
            }
            calls.append(.judged("try", step.bitPattern))
        case .accept(let step, _):
            try check(step, "judge accepts the step", iterate)
            if trial.finite == 0, step == trial.step, !policy.needs.contains(.acceptsFirst) {
                acceptsNothing = fault == nil
                throw fault(
                    "judge accepts the step \(short(step)) of \(where_), where the value is not finite; check "
                        + "eos_trial.finite"
                )
            }
            calls.append(.judged("accept", step.bitPattern))
        }
        return verdict
    }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) {
        try swap()
        calls.append(.accepted)
        try policy.accepted(iterate, trial)
    }

    func reset() throws(EosError) { try policy.reset() }
    func save() throws(EosError) -> [UInt8] { try policy.save() }
    func load(_ state: UnsafeRawBufferPointer) throws(EosError) { try policy.load(state) }

    private func swap() throws(EosError) {
        if let exchange { policy = try exchange(policy) }
    }

    private func check(_ step: Double, _ what: String, _ iterate: IterateScalars) throws(EosError) {
        guard step > 0, step.isFinite else {
            throw fault(
                "\(what) \(step) at iterate \(iterate.iteration) of \(where_); steps must be positive and finite")
        }
    }

    private func fault(_ message: String) -> EosError {
        fault = fault ?? message
        return EosError(EOS_E_PLUGIN, message)
    }
}

extension PolicySubject {
    /// What became of a training.
    struct Outcome {
        let policy: WatchedPolicy
        let trainer: Trainer
    }

    /// Trains a function of closed form.
    func train(
        _ form: ClosedForm, with policy: any Policy, iterations: Int = 60,
        exchange: ((any Policy) throws(EosError) -> any Policy)? = nil
    ) throws(EosError) -> Outcome {
        let objective = try form.objective()
        let watched = WatchedPolicy(policy, on: form.name, exchange: exchange)
        var settings = Configuration()
        settings["stop.iterations"] = .integer(Int64(iterations))
        settings["stop.loss"] = .number(1e-14)
        settings["stop.gradient_norm"] = .number(0)
        let trainer = try Trainer(objective: objective, policy: watched, settings: try TrainerSettings(settings))
        trainer.givesUp = false
        // A policy that fails is told by the fault and by what the trainer keeps.
        do throws(EosError) { try trainer.run(objective) } catch {
            if watched.fault == nil, trainer.stop != .nonfinite { throw error.within(form.name) }
        }
        return Outcome(policy: watched, trainer: trainer)
    }
}
