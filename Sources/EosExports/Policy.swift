import CEos
import EosCore
import EosPluginHost

/// Behind `eos_policy`.
final class PolicyHandle: Handle {
    let context: Context
    let policy: any Policy

    init(_ context: Context, _ policy: any Policy) {
        self.context = context
        self.policy = policy
    }
}

@c @implementation
public func eos_policy_new(
    _ context: OpaquePointer!, _ id: UnsafePointer<CChar>!, _ config: OpaquePointer!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        let out = try required(out, "out")
        let configuration = Config.values(config)
        let policy = try context.makePolicy(try text(id, "id"), configuration)
        out.pointee = PolicyHandle(context, policy).retained()
    }
}

@c @implementation
public func eos_policy_from_table(
    _ context: OpaquePointer!, _ ops: UnsafePointer<eos_policy_ops>!, _ self: UnsafeMutableRawPointer!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> eos_status {
    var isTaken = false
    let status = Context.reporting(context) { context throws(EosError) in
        try requireSize(ops, "ops", least: sizeToDestroy)
        let (ops, out) = (try required(ops, "ops"), try required(out, "out"))
        // Destroys the instance itself where it fails.
        isTaken = true
        out.pointee = PolicyHandle(context, try TablePolicy(ops: ops, instance: self)).retained()
    }
    if !isTaken, let ops, ops.pointee.struct_size >= sizeToDestroy { ops.pointee.destroy?(self) }
    return status
}

@c @implementation
public func eos_policy_free(_ policy: OpaquePointer!) { PolicyHandle.release(policy) }
