import CEos
import EosCore
import EosPluginHost

/// A function of a library as a search on a ray: its closures, its arguments and the call, made once.
final class SearchCall: PushedSearch {
    private let plan: CallPlan
    /// For a rule, which asks for nothing.
    private let lock: Lock?
    private let steps: SearchSteps

    /// - Parameter values: for all keys of the policy.
    init(
        _ library: ForeignLibrary, _ policy: PolicyManifest, _ values: Configuration, steps: SearchSteps,
        ray: SearchRay, host: Host
    ) throws(EosError) {
        var environment = PlanEnvironment(values: values, handles: library.handles)
        environment.ray = ray
        environment.observers = .object(host)
        plan = try library.plan(policy.search, environment)
        self.steps = steps
        lock = policy.asks ? nil : library.lock
    }

    /// A search holds no lock of its library: what it asks for may have to be evaluated by another function of it.
    func run(_ start: SearchStart) -> SearchResult {
        var frame = Frame()
        frame.search = SearchNumbers(start: start, steps: steps)
        if let lock { lock.withLock { plan.run(&frame) } } else { plan.run(&frame) }
        if let status = frame.failure { return .failed(Int(status)) }
        return .step(frame.step)
    }
}

extension PolicyManifest {
    /// Makes the policy.
    ///
    /// - Parameter values: for all keys of the schema.
    func makePolicy(_ library: ForeignLibrary, _ values: Configuration, host: Host) throws(EosError) -> any Policy {
        func number(_ key: String, _ absent: Double) throws(EosError) -> Double {
            values[key] == nil ? absent : try values.number(key)
        }
        var steps = SearchSteps()
        steps.first = try number("first_step", steps.first)
        steps.growth = try number("growth", steps.growth)
        steps.minimum = try number("min_step", steps.minimum)
        steps.maximum = try number("max_step", steps.maximum)
        guard steps.minimum <= steps.maximum else {
            throw EosError(
                EOS_E_CONFIG, "min_step = \(steps.minimum) is above max_step = \(steps.maximum); swap them")
        }
        let known = steps
        func make(_ ray: SearchRay) throws(EosError) -> SearchCall {
            try SearchCall(library, self, values, steps: known, ray: ray, host: host)
        }
        let name = search.signature.name
        // Made now, so that a value that does not fit is said at once.
        let ray = SearchRay()
        let first = try make(ray)
        guard asks else { return RulePolicy(name, first) }
        var limits = SearchPolicy.Limits()
        if let timeLimit { limits.silence = timeLimit }
        return SearchPolicy(
            name, usesSlope: search.callbacks.contains(where: \.usesSlope), minStep: steps.minimum, host: host,
            limits: limits, first: (ray, first), make: make)
    }
}
