import CEos
import CEosGuard
import EosCore

typealias Function =
    @Sendable @convention(c) (
        Int64, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
    ) -> Double

/// A function of the caller's as an objective.
final class FunctionObjective: Objective {
    let description: eos_objective_description
    var id: String?
    let space: HostSpace
    let failures: FailureNote? = nil
    private let calls = CallGuard.none
    private let function: Function
    private let ctx: UnsafeMutableRawPointer?

    init(_ function: @escaping Function, _ ctx: UnsafeMutableRawPointer?, _ count: Int64) {
        var description = eos_objective_description.unknown
        description.dtype = UInt32(EOS_F64)
        description.dimension = count
        self.description = description.completed()
        space = HostSpace(.f64, count: Int(count))
        self.function = function
        self.ctx = ctx
    }

    /// The starting point is set by whoever minimises; zero until then.
    func initialPoint(seed: UInt64, into x: UnsafeMutableRawPointer) {
        x.initializeMemory(as: Double.self, repeating: 0, count: space.count)
    }

    func evaluate(
        at x: UnsafeRawPointer, want: UInt32, gradient: UnsafeMutableRawPointer?, evaluation: Int64,
        value: inout Double
    ) -> eos_status {
        value = calls.evaluating(CALL_EVALUATE) {
            function(
                Int64(space.count), x.assumingMemoryBound(to: Double.self),
                gradient?.assumingMemoryBound(to: Double.self), ctx)
        }
        return eos_status(value.isFinite ? EOS_OK : EOS_RECOVERABLE)
    }
}

@c @implementation
public func eos_minimize(
    _ f: (
        @Sendable @convention(c) (
            Int64, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
        ) -> Double
    )!, _ ctx: UnsafeMutableRawPointer!, _ n: Int64, _ x: UnsafeMutablePointer<Double>!,
    _ settings: UnsafePointer<CChar>!, _ result: UnsafeMutablePointer<eos_result>!
) -> eos_status {
    reporting(to: nil) { () throws(EosError) in
        let f = try required(f, "f")
        let x = try required(x, "x")
        if let result { try requireSize(result, "result") }
        guard n >= 1 else { throw EosError(EOS_E_INVALID, "n is \(n); it must be at least 1") }
        var configuration = Configuration()
        if let settings { try configuration.set(assignments: try text(settings, "settings")) }
        let (policy, trainerSettings) = try readSettings(configuration)
        let objective = FunctionObjective(f, ctx, n)
        let trainer = try Trainer(objective: objective, policy: policy, settings: trainerSettings)
        try trainer.setPoint(x)
        var failure: EosError?
        do throws(EosError) { try trainer.run(objective) } catch { failure = error }
        if !trainer.best.value.isNaN {
            UnsafeMutableRawPointer(x).copyMemory(from: trainer.best.x, byteCount: trainer.space.bytes)
        }
        if let result { try fill(result, "result", with: eos_result(trainer)) }
        if let failure { throw failure }
    }
}

/// The policy and the trainer's settings from one set of keys.
private func readSettings(
    _ configuration: Configuration
) throws(EosError) -> (policy: any Policy, settings: TrainerSettings) {
    var policyKeys = configuration.table("policy")
    let name = policyKeys["name"] == nil ? "ls" : try policyKeys.string("name")
    policyKeys["name"] = nil
    guard let kind = BuiltInPolicies.kind(name) else {
        let near = nearest(to: name, in: BuiltInPolicies.all.map(\.id)).map { "; did you mean \($0)?" } ?? ""
        throw EosError(EOS_E_NOT_FOUND, "policy.name = \(name) is unknown\(near)")
    }
    var rest = Configuration()
    for key in configuration.keys where !key.hasPrefix("policy.") { rest[key] = configuration[key] }
    return (try kind.make(policyKeys), try TrainerSettings(rest))
}

extension eos_result {
    fileprivate init(_ trainer: Trainer) {
        let progress = trainer.progress
        self.init()
        stop = progress.stop
        iterations = progress.iteration
        value = progress.value
        best_value = progress.best_value
        gradient_norm = progress.gradient_norm
        value_evaluations = progress.value_evaluations
        gradient_evaluations = progress.gradient_evaluations
        seconds = progress.seconds
        curvature_products = progress.curvature_products
        failures = progress.failures
        best_iteration = progress.best_iteration
    }
}
