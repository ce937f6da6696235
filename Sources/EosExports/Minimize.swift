import CEos
import EosCore

typealias Function =
    @Sendable @convention(c) (
        Int64, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
    ) -> Double

/// A function of the caller's as an objective: a table whose instance is this object.
final class FunctionObjective {
    private let function: Function
    private let ctx: UnsafeMutableRawPointer?
    private let count: Int64

    private init(_ function: @escaping Function, _ ctx: UnsafeMutableRawPointer?, _ count: Int64) {
        self.function = function
        self.ctx = ctx
        self.count = count
    }

    static func make(
        _ function: @escaping Function, _ ctx: UnsafeMutableRawPointer?, _ count: Int64
    ) throws(EosError) -> Objective {
        var table = ops
        let instance = Unmanaged.passRetained(FunctionObjective(function, ctx, count)).toOpaque()
        return try Objective(ops: &table, instance: instance)
    }

    private static let ops: eos_objective_ops = {
        var ops = eos_objective_ops()
        ops.struct_size = UInt32(MemoryLayout<eos_objective_ops>.size)
        ops.destroy = { if let function = $0 { Unmanaged<FunctionObjective>.fromOpaque(function).release() } }
        ops.describe = { instance, out in
            let count = Unmanaged<FunctionObjective>.fromOpaque(instance!)._withUnsafeGuaranteedRef { $0.count }
            out!.pointee.dtype = UInt32(EOS_F64)
            out!.pointee.dimension = count
            return eos_status(EOS_OK)
        }
        // The starting point is set by whoever minimises; zero until then.
        ops.initial_point = { instance, _, x in
            let count = Unmanaged<FunctionObjective>.fromOpaque(instance!)._withUnsafeGuaranteedRef { $0.count }
            x!.initializeMemory(as: Double.self, repeating: 0, count: Int(count))
            return eos_status(EOS_OK)
        }
        ops.evaluate = { instance, call in
            let call = call!
            let value = Unmanaged<FunctionObjective>.fromOpaque(instance!)._withUnsafeGuaranteedRef { function in
                function.function(
                    function.count, call.pointee.x.assumingMemoryBound(to: Double.self),
                    call.pointee.gradient?.assumingMemoryBound(to: Double.self), function.ctx)
            }
            call.pointee.value = value
            return eos_status(value.isFinite ? EOS_OK : EOS_RECOVERABLE)
        }
        return ops
    }()
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
        let objective = try FunctionObjective.make(f, ctx, n)
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
        throw EosError(EOS_E_NOT_FOUND, "policy.name: there is no policy \(name)\(near)")
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
