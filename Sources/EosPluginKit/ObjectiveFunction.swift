import CEos

/// What is minimised: conform a struct, list it in `Plugin`, done.
///
/// Every method is called on one thread at a time. Points and gradients have `dimension` elements and are lent for the
/// call. Errors that are thrown become the status and the message of the call (see `PluginError`); NaN or an infinity as
/// a value says that there is no finite value at this point, so that a line search shrinks its step.
///
/// What an objective can do besides is told by the protocols that refine this one: `RayObjective`, `CurvedObjective`,
/// `ShardedObjective`, `ContextualObjective`, `BlockedObjective`, `MeasuredObjective`, `StatefulObjective`.
///
/// Conform concrete types: the compiler makes code for exactly them, so that a call costs what it does in C. A generic
/// struct works too, but its calls go through Swift's run-time generics. For one id in two element types conform two
/// structs and choose in `implementation(for:)`.
public protocol ObjectiveFunction {
    /// `Float` or `Double`.
    associatedtype Scalar: ParameterScalar

    static var descriptor: Descriptor { get }

    /// The type to make for a configuration, such as another one for `dtype = "f32"`. Without: this one.
    static func implementation(for configuration: ConfigReader) throws -> any ObjectiveFunction.Type

    /// `configuration` is lent for the call; `host` may be kept.
    init(configuration: ConfigReader, host: HostServices) throws

    /// The number of parameters, at least 1. Asked once.
    var dimension: Int { get }

    /// Fills x with the starting point for `seed`.
    mutating func initialPoint(seed: UInt64, into x: UnsafeMutableBufferPointer<Scalar>) throws

    /// The value at x, and the gradient there where there is a place for it.
    mutating func evaluate(
        at x: UnsafeBufferPointer<Scalar>, gradient: UnsafeMutableBufferPointer<Scalar>?
    ) throws -> Double

    /// Whether the same point and seed give the same bits. Without: true.
    var isDeterministic: Bool { get }
    /// Whether no value is ever below 0. Without: false.
    var isNonnegative: Bool { get }
    /// No value is below this. Without: 0 for a non-negative objective, else nil, not known.
    var valueLowerBound: Double? { get }
    /// The largest Hessian eigenvalue is nowhere below this. Without: nil, not known.
    var sharpnessLowerBound: Double? { get }
    /// The relative rounding error of a value. Without: that of `Scalar`.
    var valueAccuracy: Double { get }

    /// The kit's own: the body of the C call, compiled for this type. Do not implement it.
    static func _evaluate(
        _ box: UnsafeMutableRawPointer, _ evaluation: UnsafeMutablePointer<eos_evaluation>
    ) -> eos_status
}

extension ObjectiveFunction {
    public static func implementation(for configuration: ConfigReader) throws -> any ObjectiveFunction.Type {
        Self.self
    }
    public var isDeterministic: Bool { true }
    public var isNonnegative: Bool { false }
    public var valueLowerBound: Double? { isNonnegative ? 0 : nil }
    public var sharpnessLowerBound: Double? { nil }
    public var valueAccuracy: Double { Scalar.self == Double.self ? 0 : Double(Scalar.ulpOfOne) }

    @inlinable
    public static func _evaluate(
        _ box: UnsafeMutableRawPointer, _ evaluation: UnsafeMutablePointer<eos_evaluation>
    ) -> eos_status {
        let box = ObjectiveBox<Self>.at(box)
        return box.answering(evaluation) {
            try box.pointee.objective.evaluate(at: $0, gradient: $1)
        }
    }
}

/// The element type of parameter vectors: `Float` or `Double`, and no other.
public protocol ParameterScalar: BinaryFloatingPoint, SIMDScalar, Codable, BitwiseCopyable, Sendable {
    /// `EOS_F32` or `EOS_F64`.
    static var elementType: UInt32 { get }
}

extension Float: ParameterScalar {
    public static var elementType: UInt32 { UInt32(EOS_F32) }
}

extension Double: ParameterScalar {
    public static var elementType: UInt32 { UInt32(EOS_F64) }
}

/// A named run of the parameter vector, so that a checkpoint can be read as layers.
public struct Block: Sendable, Equatable {
    public let name: String
    /// Of its first element.
    public let offset: Int
    /// One to four extents, row-major.
    public let shape: [Int]

    public init(_ name: String, offset: Int, shape: [Int]) {
        self.name = name
        self.offset = offset
        self.shape = shape
    }
}

/// A named number that the objective can tell about a point, such as an accuracy.
public struct Metric: Sendable, Equatable {
    /// Lower case with underscores.
    public let name: String
    /// nil for a pure number.
    public let unit: String?
    public let text: String

    public init(_ name: String, unit: String? = nil, _ text: String) {
        self.name = name
        self.unit = unit
        self.text = text
    }
}
