import CEos
import EosCore

/// The steps tried in one search, and the one taken.
struct Search: Equatable, CustomStringConvertible {
    var trials: [Double] = []
    var accepted = Double.nan

    var description: String { "\(trials) -> \(accepted)" }
}

/// A policy that writes down what another one decides.
final class RecordingPolicy: Policy {
    private var policy: any Policy
    var searches: [Search] = []
    var iterates: [eos_iterate] = []
    var reasons: [StepReason] = []

    init(_ policy: any Policy) { self.policy = policy }

    var needs: PolicyNeeds { policy.needs }
    var historyPairs: Int { policy.historyPairs }

    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double] {
        try policy.direct(iterate, history)
    }

    func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        let step = try policy.propose(iterate)
        iterates.append(iterate.address.pointee)
        searches.append(Search(trials: [step]))
        return step
    }

    func judge(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) -> Verdict {
        let verdict = try policy.judge(iterate, trial)
        switch verdict {
        case .tryStep(let step): searches[searches.count - 1].trials.append(step)
        case .accept(let step, let reason):
            reasons.append(reason)
            searches[searches.count - 1].accepted = step
        }
        return verdict
    }

    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) {
        try policy.accepted(iterate, trial)
    }

    func reset() throws(EosError) { try policy.reset() }
    func save() throws(EosError) -> [UInt8] { try policy.save() }
    func load(_ state: UnsafeRawBufferPointer) throws(EosError) { try policy.load(state) }
}

/// A policy made of closures.
final class ClosurePolicy: Policy {
    var needs: PolicyNeeds = []
    var proposal: (IterateScalars) -> Double
    var verdict: (IterateScalars, eos_trial) -> Verdict = { .accept($1.step, .first) }

    init(needs: PolicyNeeds = [], _ proposal: @escaping (IterateScalars) -> Double) {
        self.needs = needs
        self.proposal = proposal
    }

    func propose(_ iterate: IterateScalars) -> Double { proposal(iterate) }
    func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict { verdict(iterate, trial) }
    func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}
    func reset() {}
    func save() -> [UInt8] { [] }
    func load(_ state: UnsafeRawBufferPointer) {}
}

/// A built-in policy from assignments such as "c=0.1 shrink=0.9", or one of the tests' own.
func policy(_ id: String, _ assignments: String = "") throws -> any Policy {
    if id == "wolfe" { return StrongWolfe() }
    if id == "goes-back" { return GoesBack() }
    if id == "heavy-ball" { return HeavyBall() }
    var configuration = Configuration()
    try configuration.set(assignments: assignments)
    guard let kind = BuiltInPolicies.kind(id) else { throw EosError(EOS_E_NOT_FOUND, "no policy \(id)") }
    return try kind.make(configuration)
}

/// Settings from assignments; no stop rule but the iterations.
func settings(_ assignments: String) throws -> TrainerSettings {
    var configuration = Configuration()
    try configuration.set(assignments: "stop.loss=-inf stop.gradient_norm=0 " + assignments)
    return try TrainerSettings(configuration)
}

/// What went wrong; status 0 and no message where nothing did.
struct Failure: Equatable {
    var status = 0
    var message = ""
}

/// What `body` throws.
func failure(_ body: () throws -> Void) -> Failure {
    do {
        try body()
        return Failure()
    } catch let error as EosError {
        return Failure(status: Int(error.status), message: error.message)
    } catch {
        return Failure(status: 1, message: "\(error)")
    }
}

/// Every built-in policy with keys that make it move on small problems, one that needs slopes and one that directs.
let policyCases: [(id: String, keys: String)] = [
    ("constant", "step=1e-3"), ("schedule", "kind=warmup cap=0.004 start=1e-4"),
    ("schedule", "kind=warmup cap=0.002 start=1e-4 overshoot=1.25"),
    ("schedule", "kind=cosine step=1e-3 iterations=9"), ("schedule", "kind=silver step=5e-4"), ("armijo", ""),
    ("ls", "first_step=0.7"), ("nls", ""), ("nls", "xi=0.85 first_step=0.3"), ("nls-ub", "cap=0.1"),
    ("nls-ub", "cap=1e-3"), ("ponls", ""), ("ponos", ""), ("gll", "first_step=0.7"), ("zhang-hager", "shrink=0.6"),
    ("polyak", ""), ("bb1", "first_step=1e-4"),
    ("bb2", "first_step=1e-4"), ("adgd", "first_step=1e-6"), ("cdat", ""), ("cdat", "sigma=2.06"), ("wolfe", ""),
    ("lbfgs", ""), ("lbfgs", "memory=2 first_step=1e-3"), ("heavy-ball", ""),
]
