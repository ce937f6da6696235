import CEos
import EosCore
import EosPluginHost

/// Behind `eos_objective`.
final class ObjectiveHandle: Handle {
    let context: Context
    let objective: any Objective
    /// What a plugin's objective was made with; nil for a table of the program's own.
    let host: Host?

    init(_ context: Context, _ objective: any Objective, host: Host? = nil) {
        self.context = context
        self.objective = objective
        self.host = host
    }

    static func reporting(
        _ pointer: OpaquePointer?, _ body: (ObjectiveHandle) throws(EosError) -> Void
    ) -> eos_status {
        EosExports.reporting(to: pointer.map { from($0).context.errors }) { () throws(EosError) in
            try body(try from(pointer, "objective"))
        }
    }
}

@c @implementation
public func eos_objective_new(
    _ context: OpaquePointer!, _ id: UnsafePointer<CChar>!, _ config: OpaquePointer!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> eos_status {
    Context.reporting(context) { context throws(EosError) in
        let out = try required(out, "out")
        out.pointee = try context.makeObjective(try text(id, "id"), Config.values(config)).retained()
    }
}

@c @implementation
public func eos_objective_from_table(
    _ context: OpaquePointer!, _ ops: UnsafePointer<eos_objective_ops>!, _ self: UnsafeMutableRawPointer!,
    _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> eos_status {
    var isTaken = false
    let status = Context.reporting(context) { context throws(EosError) in
        try requireSize(ops, "ops", least: sizeToDestroy)
        let (ops, out) = (try required(ops, "ops"), try required(out, "out"))
        // Destroys the instance itself where it fails.
        isTaken = true
        let objective = try TableObjective(ops: ops, instance: self, threads: ThreadPool(threads: context.threads))
        out.pointee = ObjectiveHandle(context, objective).retained()
    }
    if !isTaken, let ops, ops.pointee.struct_size >= sizeToDestroy { ops.pointee.destroy?(self) }
    return status
}

/// Bytes of a table up to the end of `destroy`, which a smaller table does not have.
let sizeToDestroy = 16

@c @implementation
public func eos_objective_free(_ objective: OpaquePointer!) { ObjectiveHandle.release(objective) }

@c @implementation
public func eos_objective_describe(
    _ objective: OpaquePointer!, _ out: UnsafeMutablePointer<eos_objective_description>!
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        try fill(out, "out", with: handle.objective.description)
    }
}

@c @implementation
public func eos_objective_initial_point(
    _ objective: OpaquePointer!, _ seed: UInt64, _ x: UnsafeMutableRawPointer!
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        try handle.objective.initialPoint(seed: seed, into: try required(x, "x"))
    }
}

@c @implementation
public func eos_objective_evaluate(
    _ objective: OpaquePointer!, _ x: UnsafeRawPointer!, _ value: UnsafeMutablePointer<Double>!,
    _ gradient: UnsafeMutableRawPointer!
) -> eos_status {
    var isFinite = true
    let status = ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        let value = try required(value, "value")
        value.pointee = try handle.objective.evaluate(at: try required(x, "x"), gradient: gradient)
        isFinite = value.pointee.isFinite
    }
    return status == EOS_OK && !isFinite ? eos_status(EOS_RECOVERABLE) : status
}

@c @implementation
public func eos_objective_curvature(
    _ objective: OpaquePointer!, _ x: UnsafeRawPointer!, _ v: UnsafeRawPointer!, _ out: UnsafeMutableRawPointer!
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        let (x, v, out) = (try required(x, "x"), try required(v, "v"), try required(out, "out"))
        try ObjectiveCurvature(handle.objective, at: x).multiply(v, into: out)
    }
}

@c @implementation
public func eos_objective_metric(
    _ objective: OpaquePointer!, _ index: Int64, _ out: UnsafeMutablePointer<eos_metric>!
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        try requireSize(out, "out")
        guard let objective = handle.objective as? TableObjective else {
            throw EosError(EOS_E_NOT_FOUND, "metric \(index) does not exist; this objective has no metrics")
        }
        try fill(out, "out", with: try objective.metricRow(Int(index)))
    }
}

@c @implementation
public func eos_objective_measure(
    _ objective: OpaquePointer!, _ x: UnsafeRawPointer!, _ values: UnsafeMutablePointer<Double>!, _ count: Int64
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        let (x, known) = (try required(x, "x"), handle.objective.metrics.count)
        guard count == known else {
            throw EosError(EOS_E_INVALID, "count is \(count); this objective has \(known) metrics")
        }
        guard count > 0 else { return }
        let values = try required(values, "values")
        values.update(from: try handle.objective.measure(x), count: known)
    }
}
