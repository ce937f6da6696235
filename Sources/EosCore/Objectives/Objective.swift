import CEos
import Synchronization

/// What is minimised, whoever evaluates it: the functions of a C table, or of a library that a manifest describes.
///
/// One thread at a time. Statuses are `EOS_OK`, `EOS_RECOVERABLE` for a point without a finite value, or an error.
public protocol Objective: AnyObject {
    var description: eos_objective_description { get }
    /// "org.example.bowl", where it was made from an id.
    var id: String? { get set }
    var space: HostSpace { get }
    /// What measurements at a point tell, in the order of `measure`.
    var metrics: [ObjectiveMetric] { get }
    /// The named parts of the parameter vector; empty where the objective does not say.
    var blocks: [ObjectiveBlock] { get }
    /// Where the sentence about a failure is left.
    var failures: FailureNote? { get }

    /// Whether Hessian-vector products come from the objective itself.
    var hasCurvature: Bool { get }
    /// Whether products with the Hessian of a part of the samples come at less than the price of a product.
    var hasSampledCurvature: Bool { get }
    /// Whether values along a ray come at less than the price of an evaluation each.
    var hasRay: Bool { get }

    /// Writes the starting point for `seed` into `x`, `space.count` elements.
    func initialPoint(seed: UInt64, into x: UnsafeMutableRawPointer) throws(EosError)

    /// Evaluates at `x`; the value is set where it is wanted.
    func evaluate(
        at x: UnsafeRawPointer, want: UInt32, gradient: UnsafeMutableRawPointer?, evaluation: Int64,
        value: inout Double
    ) -> eos_status

    /// The value at `base + step direction`. A new `search` begins a new ray.
    func rayValue(
        from base: UnsafeRawPointer, along direction: UnsafeRawPointer, search: Int64, step: Double,
        value: inout Double
    ) -> eos_status

    /// Says that the point at `step` of the ray is the next to be evaluated, under the id `evaluation`.
    ///
    /// The ray ends with it: where the evaluation is cancelled and asked for again, and after a state was loaded, the
    /// ray is begun anew, so that the gradient has the same bits either way.
    func commitRay(
        from base: UnsafeRawPointer, along direction: UnsafeRawPointer, search: Int64, step: Double, evaluation: Int64
    ) -> eos_status

    /// out = H(x) v by the objective's own products, or with a `part` those of that part of the samples. Equal ids mean
    /// the same x.
    func curvature(
        at x: UnsafeRawPointer, evaluation: Int64, part: Int?, times v: UnsafeRawPointer,
        into out: UnsafeMutableRawPointer
    ) -> eos_status

    /// The values of `metrics` at `x`.
    func measure(_ x: UnsafeRawPointer) throws(EosError) -> [Double]

    /// The state that makes later evaluations depend on earlier ones; nil for an objective without.
    func save() throws(EosError) -> [UInt8]?
    func load(_ state: UnsafeRawBufferPointer) throws(EosError)
}

/// A number that a measurement at a point tells.
public struct ObjectiveMetric: Sendable, Equatable {
    public let name: String
    public let unit: String?
    public let text: String
}

/// A named part of the parameter vector.
public struct ObjectiveBlock: Sendable, Equatable {
    public let name: String
    public let offset: Int
    public let shape: [Int]
}

/// An objective without metrics, blocks, curvature, rays and state.
extension Objective {
    public var metrics: [ObjectiveMetric] { [] }
    public var blocks: [ObjectiveBlock] { [] }
    public var hasCurvature: Bool { false }
    public var hasSampledCurvature: Bool { false }
    public var hasRay: Bool { false }

    public func rayValue(
        from base: UnsafeRawPointer, along direction: UnsafeRawPointer, search: Int64, step: Double,
        value: inout Double
    ) -> eos_status { eos_status(EOS_E_UNSUPPORTED) }

    public func commitRay(
        from base: UnsafeRawPointer, along direction: UnsafeRawPointer, search: Int64, step: Double, evaluation: Int64
    ) -> eos_status { eos_status(EOS_E_UNSUPPORTED) }

    public func curvature(
        at x: UnsafeRawPointer, evaluation: Int64, part: Int?, times v: UnsafeRawPointer,
        into out: UnsafeMutableRawPointer
    ) -> eos_status { eos_status(EOS_E_UNSUPPORTED) }

    public func measure(_ x: UnsafeRawPointer) throws(EosError) -> [Double] { [] }
    public func save() throws(EosError) -> [UInt8]? { nil }
    public func load(_ state: UnsafeRawBufferPointer) throws(EosError) {}
}

extension Objective {
    /// Value and, unless `gradient` is nil, gradient at `x`.
    ///
    /// - Returns: the value; NaN where the objective says that there is no finite one.
    public func evaluate(at x: UnsafeRawPointer, gradient: UnsafeMutableRawPointer? = nil) throws(EosError) -> Double {
        let want = EOS_WANT_VALUE | (gradient == nil ? 0 : EOS_WANT_GRADIENT)
        var value = Double.nan
        let status = evaluate(
            at: x, want: UInt32(want), gradient: gradient, evaluation: EvaluationID.next(), value: &value)
        if status > 0 { return .nan }
        try check(status, in: "evaluate")
        return value
    }

    /// Throws for everything but `EOS_OK`, with the sentence that the objective left.
    func check(_ status: eos_status, in function: String) throws(EosError) {
        if status != EOS_OK { throw error(status, in: function) }
    }

    /// The error for `status`, with the sentence that the objective left.
    public func error(_ status: eos_status, in function: String) -> EosError {
        EosError.failed(status, in: function, of: "the objective", note: failures)
    }
}

/// Ids of evaluated points, so that work kept for one point is never taken for another's.
enum EvaluationID {
    private static let lastBlock = Atomic<Int64>(1)
    private static let last = Atomic<Int64>(0)

    /// An id for one point outside of any trainer.
    static func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }

    /// The id before the first of a block of 2^40 that nobody else uses.
    static func block() -> Int64 { lastBlock.add(1, ordering: .relaxed).newValue << 40 }
}
