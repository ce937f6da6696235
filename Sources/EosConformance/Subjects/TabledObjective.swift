import CEos
import EosCore

/// The C table of an objective that has none, as those of manifests: checks call all of them alike.
final class TabledObjective {
    private let objective: any Objective
    /// Where the last `linearize` was: its x is lent for the call only.
    private var point: Vector?

    init(_ objective: any Objective) { self.objective = objective }

    var ops: eos_objective_ops {
        var ops = sized(eos_objective_ops())
        ops.destroy = { _ in }
        ops.describe = { pointer, out in
            out!.pointee = of(pointer).objective.description
            return eos_status(EOS_OK)
        }
        ops.initial_point = { pointer, seed, x in
            attempting { () throws(EosError) in try of(pointer).objective.initialPoint(seed: seed, into: x!) }
        }
        ops.evaluate = { pointer, evaluation in
            guard let call = evaluation?.pointee, let x = call.x else { return eos_status(EOS_E_INVALID) }
            return of(pointer).objective.evaluate(
                at: x, want: call.want, gradient: call.gradient, evaluation: call.evaluation,
                value: &evaluation!.pointee.value)
        }
        guard objective.hasCurvature else { return ops }
        ops.linearize = { pointer, x in
            attempting { () throws(EosError) in
                let space = of(pointer).objective.space
                let point = try space.makeVector()
                point.pointer.copyMemory(from: x!, byteCount: space.bytes)
                of(pointer).point = point
            }
        }
        ops.curvature = { pointer, v, out in
            let this = of(pointer)
            guard let point = this.point else { return eos_status(EOS_E_STATE) }
            return this.objective.curvature(
                at: point.pointer, evaluation: Instance.nextID(), part: nil, times: v!, into: out!)
        }
        return ops
    }
}

private func of(_ pointer: UnsafeMutableRawPointer?) -> TabledObjective {
    Unmanaged<TabledObjective>.fromOpaque(pointer!).takeUnretainedValue()
}

private func attempting(_ body: () throws(EosError) -> Void) -> eos_status {
    do throws(EosError) { try body() } catch { return error.status }
    return eos_status(EOS_OK)
}
