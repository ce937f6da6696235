import CEos
import EosCore
import EosFFI
import EosPluginHost

/// A function of a library as a search on a ray: its closures, its arguments and the call, made once.
final class SearchCall: PushedSearch {
    private let plan: CallPlan
    /// For a rule, which asks for nothing.
    private let lock: RecursiveLock?
    private let steps: SearchSteps

    /// - Parameter values: for all keys of the policy.
    init(
        _ library: ForeignLibrary, _ policy: PolicyManifest, _ values: Configuration, steps: SearchSteps,
        ray: SearchRay, host: Host
    ) throws(EosError) {
        var environment = PlanEnvironment(values: values, dimension: nil, element: .f64, handles: library.handles)
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
