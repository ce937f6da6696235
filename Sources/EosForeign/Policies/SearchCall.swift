import CEos
import EosCore
import EosFFI
import EosPluginHost

/// A function of a library as a search on a ray: its closures, its arguments and the call, made once.
final class SearchCall: PushedSearch {
    private let plan: CallPlan
    private let steps: SearchSteps

    /// - Parameter values: for all keys of the policy.
    init(
        _ library: ForeignLibrary, _ policy: PolicyManifest, _ values: Configuration, steps: SearchSteps,
        ray: SearchRay, host: Host
    ) throws(EosError) {
        var environment = PlanEnvironment(values: values, dimension: nil, element: .f64, handles: library.handles)
        environment.ray = ray
        environment.host = host
        plan = try library.plan(policy.search, environment)
        self.steps = steps
    }

    /// Without the library's lock: what it asks for may have to be evaluated by another function of the library.
    func run(_ start: SearchStart) -> SearchResult {
        var frame = Frame()
        frame.search = SearchNumbers(start: start, steps: steps)
        plan.run(&frame)
        if let status = frame.failure { return .failed(Int(status)) }
        return .step(frame.step)
    }
}
