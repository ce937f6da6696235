import CEos
import EosCore
import Testing

/// An objective of a plugin under test, with points as arrays of doubles whatever its element type.
final class Subject {
    let objective: any Objective
    private let x: Vector
    private let out: Vector
    /// Ids that no `Objective` gives out by itself.
    private let firstID: Int64 = 1 << 62

    init(_ id: String, _ settings: String, threads: Int = 1) throws {
        objective = try Plugins.make(id, settings, threads: threads)
        x = try objective.space.makeVector()
        out = try objective.space.makeVector()
    }

    var dimension: Int { objective.space.count }

    func initialPoint(seed: UInt64) throws -> [Double] {
        try objective.initialPoint(seed: seed, into: out.pointer)
        return read(out)
    }

    func value(_ point: [Double]) throws -> Double {
        write(point)
        return try objective.evaluate(at: x.pointer)
    }

    func gradient(_ point: [Double]) throws -> (value: Double, gradient: [Double]) {
        write(point)
        let value = try objective.evaluate(at: x.pointer, gradient: out.pointer)
        return (value, read(out))
    }

    /// One call of the table with an id of the caller's choice; the gradient is empty where it is not wanted.
    func evaluate(_ point: [Double], want: Int, id: Int64) -> (status: eos_status, value: Double, gradient: [Double]) {
        write(point)
        let wantsGradient = want & Int(EOS_WANT_GRADIENT) != 0
        var value = Double.nan
        let status = objective.evaluate(
            at: x.pointer, want: UInt32(want), gradient: wantsGradient ? out.pointer : nil,
            evaluation: firstID + id, value: &value)
        return (status, value, wantsGradient ? read(out) : [])
    }

    /// The Hessian at `point` times each of `directions`.
    func products(_ point: [Double], _ directions: [[Double]]) throws -> [[Double]] {
        write(point)
        let curvature = try ObjectiveCurvature(objective, at: x.pointer)
        let direction = try objective.space.makeVector()
        var results: [[Double]] = []
        for v in directions {
            Self.write(v, to: direction)
            try curvature.multiply(direction.pointer, into: out.pointer)
            results.append(read(out))
        }
        return results
    }

    /// With the Hessian of a part of the samples, at the point of the last product; nil where there are too few.
    func product(part: Int, _ v: [Double]) throws -> [Double]? {
        let direction = try objective.space.makeVector()
        Self.write(v, to: direction)
        let multiply = try #require(objective.ops.sampled_curvature)
        let status = multiply(objective.instance, Int64(part), direction.pointer, out.pointer)
        if status == EOS_E_UNSUPPORTED { return nil }
        try #require(status == EOS_OK)
        return read(out)
    }

    /// The largest Hessian eigenvalues, in descending order.
    func eigenvalues(_ point: [Double], count: Int) throws -> [Double] {
        write(point)
        let options = LeadingEigenvalues.Options(count: count, tolerance: 1e-9, maxProducts: 2000)
        return try ObjectiveCurvature(objective, at: x.pointer).leading(options).pairs.map(\.value)
    }

    func measure(_ point: [Double]) throws -> [Double] {
        write(point)
        return try objective.measure(x.pointer)
    }

    private func write(_ point: [Double]) { Self.write(point, to: x) }

    private static func write(_ values: [Double], to vector: Vector) {
        precondition(values.count == vector.count)
        switch vector.type {
        case .f32:
            let elements = vector.pointer.assumingMemoryBound(to: Float.self)
            for (i, value) in values.enumerated() { elements[i] = Float(value) }
        case .f64:
            let elements = vector.pointer.assumingMemoryBound(to: Double.self)
            for (i, value) in values.enumerated() { elements[i] = value }
        }
    }

    private func read(_ vector: Vector) -> [Double] {
        switch vector.type {
        case .f32:
            let elements = vector.pointer.assumingMemoryBound(to: Float.self)
            return (0..<vector.count).map { Double(elements[$0]) }
        case .f64:
            let elements = vector.pointer.assumingMemoryBound(to: Double.self)
            return (0..<vector.count).map { elements[$0] }
        }
    }
}

/// Numbers in -1 ..< 1 that follow from the seed.
func randomVector(_ count: Int, seed: UInt64) -> [Double] {
    let random = Random(seed: seed)
    return (0..<count).map { 2 * random.uniform(UInt64($0)) - 1 }
}

func unitVector(_ count: Int, _ i: Int) -> [Double] { (0..<count).map { $0 == i ? 1 : 0 } }

/// The table of a plugin's objective and what its functions are called with, for calls that go round the host.
extension Objective {
    private var table: TableObjective {
        guard let table = self as? TableObjective else { preconditionFailure("a plugin's objective has a table") }
        return table
    }

    var ops: eos_objective_ops { table.ops }
    var instance: UnsafeMutableRawPointer? { table.instance }
}
