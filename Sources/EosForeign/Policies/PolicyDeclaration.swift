import CEos
import EosCore
import EosFFI
import EosPluginHost

/// A policy as a manifest declares it: a search of a library, and the keys that it takes.
public struct PolicyDeclaration: Sendable {
    public let id: String
    public let title: String
    public let source: String?
    /// The manifest's own parameters, and the steps that the roles of the search ask for.
    public let schema: Schema
    public let search: SearchDeclaration

    /// - Parameter parameters: a parameter with the name of a step, such as `max_step`, takes its place.
    public init(
        id: String, title: String, source: String?, parameters: [Parameter], search: SearchDeclaration
    ) throws(EosError) {
        self.id = id
        self.title = title
        self.source = source
        self.search = search
        let own = Set(parameters.map(\.key))
        for key in Self.stepKeys where own.contains(key) {
            guard let parameter = parameters.first(where: { $0.key == key }), parameter.kind == .number else {
                throw EosError(EOS_E_CONFIG, "the parameter \(key) is a step: its type must be \"number\"")
            }
        }
        schema = Schema(parameters + Self.steps(of: search).filter { !own.contains($0.key) })
    }

    private static let stepKeys = ["first_step", "min_step", "max_step", "growth"]

    /// The keys that the roles of a search ask for.
    private static func steps(of search: SearchDeclaration) -> [Parameter] {
        let range = 1e-300...1e300
        let scalars = search.scalars
        let begins = scalars.contains(.nextStep)
        var steps: [Parameter] = []
        if begins || scalars.contains(.firstStep) || scalars.contains(.lastStep) {
            steps.append(Parameter("first_step", .number, default: "1", range: range, "step tried first of all"))
        }
        if begins {
            steps.append(
                Parameter(
                    "growth", .number, default: "2", range: 1...1e6,
                    "each search begins with this times the previous step"))
        }
        if begins || search.asks || scalars.contains(.minStep) {
            steps.append(
                Parameter(
                    "min_step", .number, default: "1e-6", range: range,
                    "smallest step to begin with, and the one taken where the search finds none"))
        }
        if begins || scalars.contains(.maxStep) {
            steps.append(
                Parameter("max_step", .number, default: "1e4", range: range, "largest step to begin with"))
        }
        return steps
    }

    /// Makes the policy.
    ///
    /// - Parameters:
    ///   - symbol: the function, which `library` keeps callable.
    ///   - values: for all keys of the schema.
    public func makePolicy(
        _ symbol: UnsafeRawPointer, library: AnyObject, _ values: Configuration, host: Host
    ) throws(EosError) -> any Policy {
        let search = search
        var steps = SearchSteps()
        steps.first = try Self.number(values, "first_step", steps.first)
        steps.growth = try Self.number(values, "growth", steps.growth)
        steps.minimum = try Self.number(values, "min_step", steps.minimum)
        steps.maximum = try Self.number(values, "max_step", steps.maximum)
        guard steps.minimum <= steps.maximum else {
            throw EosError(
                EOS_E_CONFIG, "min_step = \(steps.minimum) is above max_step = \(steps.maximum); swap them")
        }
        let known = steps
        func make(_ ray: SearchRay) throws(EosError) -> SearchCall {
            try SearchCall(search, symbol, library: library, ray: ray, steps: known, values: values, host: host)
        }
        guard search.asks else { return RulePolicy(search.signature.name, try make(SearchRay())) }
        var limits = SearchPolicy.Limits()
        limits.silence = search.timeLimit
        return SearchPolicy(
            search.signature.name, usesSlope: search.usesSlope, minStep: steps.minimum, host: host, limits: limits,
            make: make)
    }

    private static func number(_ values: Configuration, _ key: String, _ absent: Double) throws(EosError) -> Double {
        values[key] == nil ? absent : try values.number(key)
    }
}

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

    func propose(_ iterate: eos_iterate) throws(EosError) -> Double {
        switch rule.run(SearchStart(iterate)) {
        case .step(let step) where step > 0 && step.isFinite: return step
        case .step(let step):
            throw EosError(
                EOS_E_PLUGIN,
                "the rule \(name) gave the step \(step) at iteration \(iterate.iteration); a step must be positive and "
                    + "finite: check the signature and the roles of its arguments")
        case .failed(let status):
            throw EosError(
                EOS_E_PLUGIN, "the rule \(name) returned the status \(status) at iteration \(iterate.iteration)")
        }
    }

    func judge(_ iterate: eos_iterate, _ trial: eos_trial) -> Verdict { .accept(trial.step, .first) }
    func accepted(_ iterate: eos_iterate, _ trial: eos_trial) {}
    func reset() {}
    func save() -> [UInt8] { [] }

    func load(_ state: UnsafeRawBufferPointer) throws(EosError) { try StateDecoder(state).finish() }
}
