import CEos
import EosCore

/// Calls at one point and along the ray against its gradient.
final class Ray {
    private let objective: any Objective
    private let x: Vector
    private let d: Vector
    private let out: Vector
    private var rays: Int64 = 0
    private var trials = 0

    init(_ objective: any Objective) throws {
        self.objective = objective
        (x, d) = (try objective.space.makeVector(), try objective.space.makeVector())
        out = try objective.space.makeVector()
        try objective.initialPoint(seed: 1, into: x.pointer)
        _ = try objective.evaluate(at: x.pointer, gradient: d.pointer)
        objective.space.scale(d.pointer, by: -1, into: d.pointer)
        // The first product linearises and makes its memory.
        try multiply()
    }

    func forward() throws -> Double { try seconds { _ = try objective.evaluate(at: x.pointer) } }

    /// Of three, at steps that were never tried before. A first one begins the ray: only one more trial is priced.
    func trial() throws -> Double {
        rays += 1
        try tryNext()
        return try seconds { for _ in 1...3 { try tryNext() } } / 3
    }

    func product() throws -> Double { try seconds { try multiply() } }

    private func tryNext() throws {
        trials += 1
        var value = 0.0
        let step = 0.01 + 1e-4 * Double(trials)
        try check(objective.rayValue(from: x.pointer, along: d.pointer, search: rays, step: step, value: &value))
    }

    private func multiply() throws {
        try check(objective.curvature(at: x.pointer, evaluation: 0, part: nil, times: d.pointer, into: out.pointer))
    }

    private func check(_ status: eos_status) throws {
        guard status == EOS_OK else { throw objective.error(status, in: "a call along the ray") }
    }
}
