import CEos

/// Where a search stands: x, with f = f(x), its gradient g, and the ray x + t d; d = -g, unless the policy directs. Numbers
/// that are not known are NaN.
public struct Iterate: Sendable {
    /// The C struct itself.
    public var raw: eos_iterate

    @inlinable
    public init(raw: eos_iterate) { self.raw = raw }

    /// Values come along a ray: a trial costs little beside a gradient.
    @inlinable public var hasRay: Bool { raw.flags & UInt32(EOS_ITERATE_RAY) != 0 }
    /// Accepted steps so far: 0 at the starting point.
    @inlinable public var iteration: Int { Int(raw.iteration) }
    /// f.
    @inlinable public var value: Double { raw.value }
    /// The smallest f so far.
    @inlinable public var bestValue: Double { raw.best_value }
    /// <g, d>.
    @inlinable public var slope: Double { raw.slope }
    /// <g, g>.
    @inlinable public var gradientNorm2: Double { raw.gradient_norm2 }
    /// <d, d>.
    @inlinable public var directionNorm2: Double { raw.direction_norm2 }
    /// The step that led here; NaN at the starting point.
    @inlinable public var lastStep: Double { raw.last_step }
    /// <x - x before, g - g before>; for `StepNeeds.secant`.
    @inlinable public var dxdg: Double { raw.dx_dg }
    /// |g - g before|^2; for `StepNeeds.secant`.
    @inlinable public var dgNorm2: Double { raw.dg_norm2 }
    /// |x - x before|^2; for `StepNeeds.secant`.
    @inlinable public var dxNorm2: Double { raw.dx_norm2 }
    /// <d, H d>; for `StepNeeds.curvature`.
    @inlinable public var curvature: Double { raw.curvature }
    /// The leading eigenvalue of H; for `StepNeeds.sharpness`.
    @inlinable public var sharpness: Double { raw.sharpness }
    /// Of the objective.
    @inlinable public var valueLowerBound: Double { raw.value_lower_bound }
    /// The objective's lower bound of the sharpness.
    @inlinable public var sharpnessBound: Double { raw.sharpness_bound }
    /// The relative rounding error of a value.
    @inlinable public var valueAccuracy: Double { raw.value_accuracy }
    /// |g|, as the norms below also where its square leaves the range of a double.
    @inlinable public var gradientNorm: Double { raw.gradient_norm }
    /// |d|.
    @inlinable public var directionNorm: Double { raw.direction_norm }
    /// |x - x before|; for `StepNeeds.secant`.
    @inlinable public var dxNorm: Double { raw.dx_norm }
    /// |g - g before|; for `StepNeeds.secant`.
    @inlinable public var dgNorm: Double { raw.dg_norm }
    /// |x| at the starting point, NaN at others; for `StepNeeds.secant`.
    @inlinable public var pointNorm: Double { raw.point_norm }
    /// <d, H d>/<d, d>; for `StepNeeds.curvature`.
    @inlinable public var directionCurvature: Double { raw.direction_curvature }
}

/// The value at x + step d.
public struct Trial: Sendable {
    /// The C struct itself.
    public var raw: eos_trial

    @inlinable
    public init(raw: eos_trial) { self.raw = raw }

    /// A host's trial, which may be older than this header: then it ends before the slope.
    @inlinable
    init(_ trial: UnsafePointer<eos_trial>) {
        if Int(trial.pointee.struct_size) >= MemoryLayout<eos_trial>.size {
            raw = trial.pointee
            return
        }
        raw = eos_trial()
        raw.struct_size = trial.pointee.struct_size
        raw.finite = trial.pointee.finite
        raw.index = trial.pointee.index
        raw.step = trial.pointee.step
        raw.value = trial.pointee.value
        raw.slope = .nan
    }

    /// 0 for the step that `propose` gave.
    @inlinable public var index: Int { Int(raw.index) }
    @inlinable public var step: Double { raw.step }
    @inlinable public var value: Double { raw.value }
    /// <g(x + step d), d>, for `StepNeeds.trialSlope`; NaN where it is not finite.
    @inlinable public var slope: Double { raw.slope }
    /// False: there is no finite value there.
    @inlinable public var isFinite: Bool { raw.finite != 0 }
}

/// Why a step was accepted.
public enum Reason: Int32, Sendable {
    /// It was the first trial.
    case first = 0
    case backtracked
    /// After forward tracking.
    case tracked
    /// Held by a cap.
    case capped
    /// No trial was acceptable: the smallest step was taken.
    case safeguard
}

/// What to do with a trial.
public enum StepVerdict: Sendable, Equatable {
    /// x + step d is the next iterate; it may be the step of any earlier trial of this search.
    case accept(_ step: Double, _ reason: Reason = .first)
    /// Evaluate at `step` next.
    case `try`(_ step: Double)
}

/// Scalars that cost extra and are given only to a policy that needs them, and what the host may save.
public struct StepNeeds: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let secant = StepNeeds(rawValue: UInt32(EOS_NEEDS_SECANT))
    /// One Hessian-vector product an iteration.
    public static let curvature = StepNeeds(rawValue: UInt32(EOS_NEEDS_CURVATURE))
    public static let sharpness = StepNeeds(rawValue: UInt32(EOS_NEEDS_SHARPNESS))
    /// `Trial.slope`: the gradient is evaluated with the value at every trial.
    public static let trialSlope = StepNeeds(rawValue: UInt32(EOS_NEEDS_TRIAL_SLOPE))
    /// `judge` accepts every first trial: value and gradient are evaluated together.
    public static let acceptsFirst = StepNeeds(rawValue: UInt32(EOS_POLICY_ACCEPTS_FIRST))
    /// `judge` accepts most first trials: off a ray, value and gradient are evaluated together there.
    public static let expectsFirst = StepNeeds(rawValue: UInt32(EOS_POLICY_EXPECTS_FIRST))
}
