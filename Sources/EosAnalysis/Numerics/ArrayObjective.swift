import CEos
import EosCore

/// An objective at points that are arrays of doubles, whatever its element type: for analyses of small problems, where
/// what is computed at a point costs more than bringing the point there.
public final class ArrayObjective {
    public let objective: any Objective
    private let x: Vector
    private let direction: Vector
    private let out: Vector

    public init(_ objective: any Objective) throws(EosError) {
        self.objective = objective
        x = try objective.space.makeVector()
        direction = try objective.space.makeVector()
        out = try objective.space.makeVector()
    }

    public var dimension: Int { objective.space.count }

    public func initialPoint(seed: UInt64) throws(EosError) -> [Double] {
        try objective.initialPoint(seed: seed, into: x.pointer)
        return Self.read(UnsafeRawPointer(x.pointer), objective.space)
    }

    /// - Throws: `EOS_E_NONFINITE` where there is no finite value.
    public func value(_ point: [Double]) throws(EosError) -> Double {
        write(point, to: x)
        return try finite(try objective.evaluate(at: x.pointer))
    }

    /// - Throws: `EOS_E_NONFINITE` where there is no finite value.
    public func gradient(_ point: [Double]) throws(EosError) -> (value: Double, gradient: [Double]) {
        write(point, to: x)
        let value = try finite(try objective.evaluate(at: x.pointer, gradient: out.pointer))
        return (value, Self.read(UnsafeRawPointer(out.pointer), objective.space))
    }

    /// The Hessian at `point` times `v`.
    public func product(_ point: [Double], _ v: [Double]) throws(EosError) -> [Double] {
        write(point, to: x)
        write(v, to: direction)
        try ObjectiveCurvature(objective, at: UnsafeRawPointer(x.pointer)).multiply(
            UnsafeRawPointer(direction.pointer), into: out.pointer)
        return Self.read(UnsafeRawPointer(out.pointer), objective.space)
    }

    /// The objective's metrics at `point`.
    public func measure(_ point: [Double]) throws(EosError) -> [Double] {
        write(point, to: x)
        return try objective.measure(UnsafeRawPointer(x.pointer))
    }

    /// The elements at `pointer`, as many as the space has.
    public static func read(_ pointer: UnsafeRawPointer, _ space: HostSpace) -> [Double] {
        switch space.type {
        case .f32:
            let elements = pointer.assumingMemoryBound(to: Float.self)
            return (0..<space.count).map { Double(elements[$0]) }
        case .f64:
            let elements = pointer.assumingMemoryBound(to: Double.self)
            return (0..<space.count).map { elements[$0] }
        }
    }

    private func write(_ values: [Double], to vector: Vector) {
        precondition(values.count == vector.count, "a point has as many entries as the objective has parameters")
        objective.space.fill(vector.pointer) { values[$0] }
    }

    private func finite(_ value: Double) throws(EosError) -> Double {
        guard value.isFinite else {
            throw EosError(EOS_E_NONFINITE, "the objective is not finite at a point that the analysis needs")
        }
        return value
    }
}
