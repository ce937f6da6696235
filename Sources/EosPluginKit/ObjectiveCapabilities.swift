import CEos

// What an objective may be able to do besides. The table of a type that does not conform has NULL there, and the host
// does without as include/eos/objective.h says.

/// Which point an evaluation is for.
public struct EvaluationContext: Sendable {
    /// Equal ids mean the same point: work kept from one evaluation may serve the other. Negative: not known.
    public var evaluation: Int
    /// For objectives that sample: constant within one line search.
    public var sampleSeed: UInt64

    public init(evaluation: Int = -1, sampleSeed: UInt64 = 0) {
        self.evaluation = evaluation
        self.sampleSeed = sampleSeed
    }
}

/// An objective that samples, or keeps work from one evaluation for the next one at the same point.
public protocol ContextualObjective: ObjectiveFunction {
    mutating func evaluate(
        at x: UnsafeBufferPointer<Scalar>, gradient: UnsafeMutableBufferPointer<Scalar>?, context: EvaluationContext
    ) throws -> Double
}

extension ContextualObjective {
    @inlinable
    public mutating func evaluate(
        at x: UnsafeBufferPointer<Scalar>, gradient: UnsafeMutableBufferPointer<Scalar>?
    ) throws -> Double {
        try evaluate(at: x, gradient: gradient, context: EvaluationContext())
    }

    @inlinable
    public static func _evaluate(
        _ box: UnsafeMutableRawPointer, _ evaluation: UnsafeMutablePointer<eos_evaluation>
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        let context = EvaluationContext(
            evaluation: Int(evaluation.pointee.evaluation), sampleSeed: evaluation.pointee.sample_seed)
        return box.answering(evaluation) {
            try box.pointee.objective.evaluate(at: $0, gradient: $1, context: context)
        }
    }
}

/// f(x + t d) for many t at less than the price of an evaluation each.
public protocol RayObjective: ObjectiveFunction {
    /// Fixes x and d, which stay valid and unchanged until the next call.
    mutating func beginRay(from x: UnsafeBufferPointer<Scalar>, along d: UnsafeBufferPointer<Scalar>) throws
    /// f(x + t d).
    mutating func value(onRay t: Double) throws -> Double
    /// x + t d is the next point, to be evaluated under the id `evaluation`. Without: nothing to do.
    mutating func commitRay(at t: Double, evaluation: Int) throws

    /// The kit's own, as `ObjectiveFunction._evaluate`.
    static func _beginRay(
        _ box: UnsafeMutableRawPointer, _ x: UnsafeRawPointer, _ d: UnsafeRawPointer
    ) -> eos_status
    static func _rayValue(_ box: UnsafeMutableRawPointer, _ t: Double, _ out: UnsafeMutablePointer<Double>)
        -> eos_status
    static func _commitRay(_ box: UnsafeMutableRawPointer, _ t: Double, _ evaluation: Int64) -> eos_status
}

extension RayObjective {
    @inlinable
    public mutating func commitRay(at t: Double, evaluation: Int) throws {}

    @inlinable
    public static func _beginRay(
        _ box: UnsafeMutableRawPointer, _ x: UnsafeRawPointer, _ d: UnsafeRawPointer
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        return box.attempting {
            try box.pointee.objective.beginRay(from: box.vector(x), along: box.vector(d))
        }
    }

    @inlinable
    public static func _rayValue(
        _ box: UnsafeMutableRawPointer, _ t: Double, _ out: UnsafeMutablePointer<Double>
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        do {
            let value = try box.pointee.objective.value(onRay: t)
            out.pointee = value
            return value.isFinite ? eos_status(EOS_OK) : eos_status(EOS_RECOVERABLE)
        } catch {
            return box.pointee.head.host.report(error)
        }
    }

    @inlinable
    public static func _commitRay(
        _ box: UnsafeMutableRawPointer, _ t: Double, _ evaluation: Int64
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        return box.attempting { try box.pointee.objective.commitRay(at: t, evaluation: Int(evaluation)) }
    }
}

/// Exact products of the Hessian with vectors.
public protocol CurvedObjective: ObjectiveFunction {
    /// The products that follow are with the Hessian at x.
    mutating func linearize(at x: UnsafeBufferPointer<Scalar>) throws
    /// Fills `product` with H v.
    mutating func curvature(
        along v: UnsafeBufferPointer<Scalar>, into product: UnsafeMutableBufferPointer<Scalar>
    ) throws

    /// The kit's own, as `ObjectiveFunction._evaluate`.
    static func _linearize(_ box: UnsafeMutableRawPointer, _ x: UnsafeRawPointer) -> eos_status
    static func _curvature(
        _ box: UnsafeMutableRawPointer, _ v: UnsafeRawPointer, _ out: UnsafeMutableRawPointer
    ) -> eos_status
}

extension CurvedObjective {
    @inlinable
    public static func _linearize(_ box: UnsafeMutableRawPointer, _ x: UnsafeRawPointer) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        return box.attempting { try box.pointee.objective.linearize(at: box.vector(x)) }
    }

    @inlinable
    public static func _curvature(
        _ box: UnsafeMutableRawPointer, _ v: UnsafeRawPointer, _ out: UnsafeMutableRawPointer
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        return box.attempting {
            try box.pointee.objective.curvature(along: box.vector(v), into: box.mutableVector(out))
        }
    }
}

/// Products with the Hessian of a part of the samples, at a tenth of the price of a product or less: the search for the
/// leading eigenvector begins with them.
public protocol SampledObjective: CurvedObjective {
    /// Fills `product` with H v, H that of the mean over part number `part` >= 0 of the samples, at the point of the last
    /// `linearize`. Parts come round to all samples.
    ///
    /// - Throws: `PluginError(EOS_E_UNSUPPORTED, ...)` where there are too few samples.
    mutating func curvature(
        ofPart part: Int, along v: UnsafeBufferPointer<Scalar>, into product: UnsafeMutableBufferPointer<Scalar>
    ) throws

    /// The kit's own, as `ObjectiveFunction._evaluate`.
    static func _sampledCurvature(
        _ box: UnsafeMutableRawPointer, _ part: Int64, _ v: UnsafeRawPointer, _ out: UnsafeMutableRawPointer
    ) -> eos_status
}

extension SampledObjective {
    @inlinable
    public static func _sampledCurvature(
        _ box: UnsafeMutableRawPointer, _ part: Int64, _ v: UnsafeRawPointer, _ out: UnsafeMutableRawPointer
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        return box.attempting {
            try box.pointee.objective.curvature(
                ofPart: Int(part), along: box.vector(v), into: box.mutableVector(out))
        }
    }
}

/// A value that is a sum over parts, to be divided by the parts' weight.
public struct ShardSum: Sendable, Equatable {
    public var value: Double
    public var weight: Double

    public init(value: Double, weight: Double) {
        self.value = value
        self.weight = weight
    }
}

/// An objective that can be evaluated in parts, for several machines and for sums that do not depend on their number.
public protocol ShardedObjective: ObjectiveFunction {
    /// Fixed for the life of the objective.
    var shardCount: Int { get }
    /// Sums, never means, over the parts `shards`: of the value and, where there is a place for it, of the gradient.
    mutating func evaluate(
        shards: Range<Int>, at x: UnsafeBufferPointer<Scalar>, gradient: UnsafeMutableBufferPointer<Scalar>?,
        context: EvaluationContext
    ) throws -> ShardSum

    /// The kit's own, as `ObjectiveFunction._evaluate`.
    static func _evaluateShards(
        _ box: UnsafeMutableRawPointer, _ evaluation: UnsafeMutablePointer<eos_evaluation>
    ) -> eos_status
}

extension ShardedObjective {
    @inlinable
    public static func _evaluateShards(
        _ box: UnsafeMutableRawPointer, _ evaluation: UnsafeMutablePointer<eos_evaluation>
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        let first = Int(evaluation.pointee.shard_first)
        let (end, overflow) = first.addingReportingOverflow(Int(evaluation.pointee.shard_count))
        guard !overflow, first >= 0, first <= end, end <= box.pointee.objective.shardCount else {
            return box.pointee.head.host.report(
                PluginError.invalid("shards from \(first), \(evaluation.pointee.shard_count) of them, do not exist"))
        }
        let context = EvaluationContext(
            evaluation: Int(evaluation.pointee.evaluation), sampleSeed: evaluation.pointee.sample_seed)
        return box.answering(evaluation) {
            let sum = try box.pointee.objective.evaluate(
                shards: first..<end, at: $0, gradient: $1, context: context)
            evaluation.pointee.weight = sum.weight
            return sum.value
        }
    }
}

/// An objective whose parameters have names and shapes.
public protocol BlockedObjective: ObjectiveFunction {
    /// Asked once, after `init`. In the order of the parameter vector, without gaps.
    var blocks: [Block] { get }
}

/// An objective that can tell more about a point than its value.
public protocol MeasuredObjective: ObjectiveFunction {
    /// Asked once, after `init`.
    var metrics: [Metric] { get }
    /// Fills `values` with all metrics at x, in their order.
    mutating func measure(at x: UnsafeBufferPointer<Scalar>, into values: UnsafeMutableBufferPointer<Double>) throws
}

/// An objective whose later evaluations depend on earlier ones.
public protocol StatefulObjective: ObjectiveFunction {
    func save(to stream: inout StateWriter) throws
    /// Works on a copy of the objective, which takes its place on success: a load that throws changes nothing that is
    /// held by value.
    mutating func load(from stream: inout StateReader) throws
}
