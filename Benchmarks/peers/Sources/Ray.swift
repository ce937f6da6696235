import CEos
import EosCore

/// Calls at one point and along the ray against its gradient.
final class Ray {
    private let objective: any Objective
    private let x: Vector
    private let d: Vector
    private let out: Vector
    private var trials = 0

    init(_ objective: any Objective) throws {
        self.objective = objective
        (x, d) = (try objective.space.makeVector(), try objective.space.makeVector())
        out = try objective.space.makeVector()
        try objective.initialPoint(seed: 1, into: x.pointer)
        _ = try objective.evaluate(at: x.pointer, gradient: d.pointer)
        objective.space.scale(d.pointer, by: -1, into: d.pointer)
        try begin()
        try check(objective.ops.linearize(objective.instance, x.pointer))
        // The first product makes its memory.
        _ = try product()
    }

    func forward() throws -> Double { try seconds { _ = try objective.evaluate(at: x.pointer) } }

    /// Of three, at steps that were never tried before. The ray is begun outside: only one more trial is priced.
    func trial() throws -> Double {
        try begin()
        var value = 0.0
        return try seconds {
            for _ in 1...3 {
                trials += 1
                let step = 0.01 + 1e-4 * Double(trials)
                try check(objective.ops.ray_value(objective.instance, step, &value))
            }
        } / 3
    }

    func product() throws -> Double {
        try seconds { try check(objective.ops.curvature(objective.instance, d.pointer, out.pointer)) }
    }

    private func begin() throws { try check(objective.ops.ray_begin(objective.instance, x.pointer, d.pointer)) }

    private func check(_ status: eos_status) throws {
        guard status == EOS_OK else { throw objective.error(status, in: "a call along the ray") }
    }
}
