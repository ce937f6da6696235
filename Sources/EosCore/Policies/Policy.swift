import CEos

/// A step-size policy: proposes a step from the scalars of an iterate and judges trials along the ray, and directs the
/// ray where it wants another than that of steepest descent. It never evaluates anything itself, and its state is a value
/// that can be saved.
public protocol Policy {
    /// Which policy it is: set by whoever makes it from an id and keys.
    var identity: PolicyIdentity { get set }

    /// What it needs beyond the scalars that cost nothing; constant.
    var needs: PolicyNeeds { get }

    /// The first step to try from `iterate`, positive and finite.
    mutating func propose(_ iterate: IterateScalars) throws(EosError) -> Double

    /// The lower bound of the objective that its steps follow from; nil: they follow from none. Constant. Training has
    /// converged where the value is at the bound: the policy is not asked for a step there.
    var lowerBound: LowerBound? { get }

    /// What to do with the value at a trial.
    mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) -> Verdict

    /// The search ended with `trial`; `iterate` is still the one that it started from.
    mutating func accepted(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError)

    /// Forgets everything: the next proposal is the first of a new training.
    mutating func reset() throws(EosError)

    func save() throws(EosError) -> [UInt8]
    mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError)

    /// Pairs of the history that `direct` is to be given, at most `EOS_HISTORY_MAX`; constant. 0: the direction is -g.
    var historyPairs: Int { get }

    /// The direction from `iterate`, as factors of the history's vectors: all of them. Follows from the arguments and
    /// the configuration alone.
    func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double]
}

/// One that was made without an id or keys goes by its type.
extension Policy {
    public var identity: PolicyIdentity {
        get { PolicyIdentity(id: "\(Self.self)") }
        set {}
    }
}

/// Steepest descent, and no knowledge of bounds.
extension Policy {
    public var lowerBound: LowerBound? { nil }

    public var historyPairs: Int { 0 }

    public func direct(_ iterate: IterateScalars, _ history: HistoryProducts) throws(EosError) -> [Double] {
        history.steepestDescent()
    }
}

/// The products of g, s_0, y_0, s_1, y_1, ... with each other: what a direction is decided from.
public struct HistoryProducts: Sendable {
    /// Steps s and changes of the gradient y.
    public let pairs: Int
    /// `count` rows of `count` products.
    public let values: [Double]
    /// A power of two that g and the y are multiplied by, here and in directions: 1 unless the gradient at the starting
    /// point is too short or too long to be a first direction.
    public let gradientScale: Double

    public init(pairs: Int, values: [Double], gradientScale: Double = 1) {
        precondition(values.count == (2 * pairs + 1) * (2 * pairs + 1))
        self.pairs = pairs
        self.values = values
        self.gradientScale = gradientScale
    }

    public var count: Int { 2 * pairs + 1 }

    public subscript(i: Int, j: Int) -> Double { values[i * count + j] }

    /// <v_i, sum of factors[j] v_j>.
    public func product(_ i: Int, with factors: [Double]) -> Double {
        precondition(factors.count == count && i < count)
        return values.withUnsafeBufferPointer { values in
            var sum = 0.0
            for j in factors.indices { sum += factors[j] * values[i * count + j] }
            return sum
        }
    }

    /// |sum of factors[j] v_j|^2.
    public func norm2(of factors: [Double]) -> Double {
        let count = count
        precondition(factors.count == count)
        return values.withUnsafeBufferPointer { values in
            factors.withUnsafeBufferPointer { factors in
                var sum = 0.0
                for i in 0..<count {
                    let row = i * count
                    // Four sums, because each addition of one would wait for the one before.
                    var sums = SIMD4<Double>()
                    var j = 0
                    while j + 4 <= count {
                        let k = row + j
                        let four = SIMD4<Double>(values[k], values[k + 1], values[k + 2], values[k + 3])
                        sums += four * SIMD4<Double>(factors[j], factors[j + 1], factors[j + 2], factors[j + 3])
                        j += 4
                    }
                    var rest = 0.0
                    while j < count {
                        rest += values[row + j] * factors[j]
                        j += 1
                    }
                    sum += factors[i] * (sums.sum() + rest)
                }
                return sum
            }
        }
    }

    /// The factors of -scale g.
    public func steepestDescent(scale: Double = 1) -> [Double] {
        [-scale] + [Double](repeating: 0, count: 2 * pairs)
    }
}

/// `EOS_NEEDS_*` and `EOS_POLICY_*`.
public struct PolicyNeeds: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let secant = PolicyNeeds(rawValue: UInt32(EOS_NEEDS_SECANT))
    public static let curvature = PolicyNeeds(rawValue: UInt32(EOS_NEEDS_CURVATURE))
    public static let sharpness = PolicyNeeds(rawValue: UInt32(EOS_NEEDS_SHARPNESS))
    public static let acceptsFirst = PolicyNeeds(rawValue: UInt32(EOS_POLICY_ACCEPTS_FIRST))
    public static let trialSlope = PolicyNeeds(rawValue: UInt32(EOS_NEEDS_TRIAL_SLOPE))
    public static let expectsFirst = PolicyNeeds(rawValue: UInt32(EOS_POLICY_EXPECTS_FIRST))
}

/// What to do with a trial.
public enum Verdict: Equatable, Sendable {
    /// Evaluate at this step next.
    case tryStep(Double)
    /// Go there; the step may be that of any earlier trial of this search.
    case accept(Double, StepReason)
}

/// Why a step was accepted: `EOS_REASON_*`.
public enum StepReason: Int32, Sendable {
    case first = 0
    case backtracked
    case tracked
    case capped
    case safeguard
}

/// A policy that proposes a step and takes it, whatever the value there: no search. The trainer relies on it, and asks
/// for steps alone.
protocol DirectPolicy: Policy {}

extension DirectPolicy {
    public mutating func judge(_ iterate: IterateScalars, _ trial: eos_trial) -> Verdict {
        .accept(trial.step, .first)
    }

    public mutating func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}
}

/// A policy that decides from the iterate alone.
protocol StatelessPolicy: DirectPolicy {}

extension StatelessPolicy {
    public mutating func reset() {}
    public func save() -> [UInt8] { [] }

    public mutating func load(_ state: UnsafeRawBufferPointer) throws(EosError) {
        try StateDecoder(state).finish()
    }
}
