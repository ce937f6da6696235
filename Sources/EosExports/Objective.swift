import CEos
import EosCore
import EosPluginHost

/// Behind `eos_objective`.
final class ObjectiveHandle: Handle {
    let context: Context
    let objective: Objective
    /// What a plugin's objective was made with; nil for a table of the program's own.
    let host: Host?

    init(_ context: Context, _ objective: Objective, host: Host? = nil) {
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
    Context.reporting(context) { context throws(EosError) in
        let ops = try required(ops, "ops")
        guard let out else {
            ops.pointee.destroy?(self)
            throw EosError(EOS_E_INVALID, "out is NULL; give a valid pointer")
        }
        let objective = try Objective(ops: ops, instance: self, threads: ThreadPool(threads: context.threads))
        out.pointee = ObjectiveHandle(context, objective).retained()
    }
}

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
        let curvature = try ObjectiveCurvature(handle.objective, at: try required(x, "x"))
        try curvature.multiply(try required(v, "v"), into: try required(out, "out"))
    }
}

@c @implementation
public func eos_objective_metric(
    _ objective: OpaquePointer!, _ index: Int64, _ out: UnsafeMutablePointer<eos_metric>!
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        try fill(out, "out", with: try handle.objective.metricRow(Int(index)))
    }
}

@c @implementation
public func eos_objective_measure(
    _ objective: OpaquePointer!, _ x: UnsafeRawPointer!, _ values: UnsafeMutablePointer<Double>!, _ count: Int64
) -> eos_status {
    ObjectiveHandle.reporting(objective) { handle throws(EosError) in
        let measured = try handle.objective.measure(try required(x, "x"))
        guard count == measured.count else {
            throw EosError(EOS_E_INVALID, "count is \(count); this objective has \(measured.count) metrics")
        }
        guard count > 0 else { return }
        try required(values, "values").update(from: measured, count: measured.count)
    }
}
