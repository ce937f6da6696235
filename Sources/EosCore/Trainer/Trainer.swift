import CEos
import Synchronization

/// One objective, one policy and one stop rule, advancing iterate by iterate: x <- x + t d with the steps t that the
/// policy accepts, along d = -g or, where the policy directs, along what it makes of the gradient and past steps.
///
/// A state machine without input or output: `request` says what is needed, `answer` takes it. Whatever drives it (a C
/// table, ask and tell, a replay in a test) has no logic of its own, so that every driver sees the same trajectory.
/// Saved between any two requests, it goes on to the same bits.
///
/// Each evaluation is paid for once: the accepted trial's value is the next iterate's, under the same evaluation id.
/// One thread at a time, but for `requestStop`.
public final class Trainer {
    /// What the next answer is for.
    enum Phase: Int {
        /// Value and gradient at the starting point.
        case starting
        /// A product for the sharpness at the iterate.
        case measuring
        /// Nothing: the iterate is complete. The next search has not begun.
        case arrived
        /// The product H d at the iterate.
        case curving
        /// The value at a trial, and its gradient for policies that need slopes or are likely to accept at once.
        case trying
        /// The value at a step that was accepted without a trial.
        case safeguarding
        /// The gradient at the accepted point.
        case descending
    }

    /// A trial that was not accepted at once.
    struct Tried {
        let step: Double
        let value: Double
        let slope: Double
        let evaluation: Int64
    }

    public let space: HostSpace
    public internal(set) var settings: TrainerSettings {
        didSet { limits = Limits(settings, description, needs) }
    }
    private(set) var limits: Limits
    /// Called after every iteration, the starting point included, or only as `firstObserved` says; true stops the
    /// trainer.
    public var observer: ((eos_progress) -> Bool)?
    /// The observer is not called before this iteration, but where the trainer stops there or `requestAttention` asked
    /// for it: what is not looked at costs nothing.
    public var firstObserved = 0
    /// Whether training ends where it gets nowhere; a replay goes on as the run did.
    public var givesUp = true

    let description: eos_objective_description
    /// The objective's, where it was made from an id.
    let objectiveID: String?
    let blocks: [ObjectiveBlock]
    let exactProducts: Bool
    let sampledProducts: Bool
    let usesRay: Bool
    let needs: PolicyNeeds
    var policy: any Policy
    /// Whether the policy need not be asked about trials: see `DirectPolicy`.
    private(set) var takesEveryTrial: Bool
    /// The policy's, kept beside it: to ask the policy means to copy it.
    private(set) var lowerBound: LowerBound?

    // Points: exchanged, never copied. The best one is `x` itself while `bestIsCurrent`.
    var x: Vector
    var trialPoint: Vector
    var bestPoint: Vector
    var bestIsCurrent = true
    var bestIteration = 0
    var gradient: Vector
    /// The previous iterate's gradient, or where the next one's is written.
    var spare: Vector
    /// The direction d of the search, where values come along a ray or the policy directs; elsewhere it is -g.
    let direction: Vector?
    /// Past steps, where the policy directs.
    var history: History?
    /// Of the history's vectors in the direction of the search under way; empty before it is decided.
    var factors: [Double] = []

    var phase = Phase.starting
    var iterate = eos_iterate()
    var trial = eos_trial()
    var tried: [Tried] = []
    var accepted = (step: Double.nan, value: Double.nan, reason: StepReason.first)
    /// Of the iterate, of the last trial, and of the search under way.
    var evaluations = (iterate: Int64(0), trial: Int64(0), search: Int64(0))
    var lastEvaluation: Int64
    /// |x - x_before|.
    var lastUpdate = Double.infinity
    /// |f - f_before|/max(|f|, |f_before|).
    var relativeChange = Double.infinity
    /// At the starting point.
    var firstGradientNorm = Double.nan
    var stall = Stall()
    var hasWarnedOfBound = false
    /// Iterates completed by this object, the starting point included.
    var arrivals = 0

    // Products under way.
    var difference: DifferencedProduct?
    var displaced: Vector?
    var displacedGradient: Vector?
    var product: Vector?
    /// A multiple of the direction whose square is in the range of a double, where its own is not.
    var scaledCurved: Vector?
    var eigenvalues: LeadingEigenvalues?
    /// Whether `eigenvalues` are those of a part of the samples, whose vectors guard the measurement that follows.
    var isSampling = false
    var warmVectors: [Vector] = []
    var sharpness = Sharpness()

    public internal(set) var stop = Int32(EOS_STOP_NONE)
    /// What went wrong, where `stop` is `EOS_STOP_NONFINITE` or `EOS_STOP_FAILED`.
    public internal(set) var failure: EosError?
    var counts = Counts()
    var stopwatch = Stopwatch()
    /// Whether the caller of `request` was given one that has not been answered.
    var isAsked = false
    /// Whether the objective was told to give up: a stop that meets `resume` may reach it after the request for it was
    /// lifted.
    public var isCancelled: (() -> Bool)?
    /// Takes a sentence about a measurement that failed, without which training goes on.
    public var onWarning: ((String) -> Void)?
    private var lastWarning: String?
    /// Whether the time between a request and its answer is taken here, because no driver does.
    var timesAnswers = false
    private let stopRequested = Atomic<Bool>(false)
    private let attentionRequested = Atomic<Bool>(false)
    /// Whether `advance` is to return after the request under way.
    var isSuspended = false
    /// Trials of the search that found the iterate, and why its last one was accepted.
    public internal(set) var lastSearch = (trials: 0, reason: StepReason.first)

    struct Counts {
        var values = 0
        var gradients = 0
        var products = 0
        var failures = 0
        var trials = 0
    }

    /// The last measurement.
    struct Sharpness {
        var pairs: [LeadingEigenvalues.Pair] = []
        var iteration = -1
    }

    /// - Parameters:
    ///   - start: the starting point, `dimension` elements, copied; nil leaves it to `setPoint`.
    ///   - exactProducts: whether requests for curvature products will be answered; else gradients are differenced.
    ///   - sampledProducts: whether those of a part of the samples will be, too.
    ///   - usesRay: whether values along a ray will be answered without their points.
    ///   - threads: work on long vectors.
    /// - Throws: `EOS_E_MEMORY` where the vectors do not fit; what the policy's reset throws.
    init(
        description: eos_objective_description, objectiveID: String? = nil, blocks: [ObjectiveBlock] = [],
        start: UnsafeRawPointer?,
        exactProducts: Bool, sampledProducts: Bool = false, usesRay: Bool = false, threads: ThreadPool? = nil,
        policy: any Policy, settings: TrainerSettings
    ) throws(EosError) {
        try description.check()
        let type = ElementType(rawValue: description.dtype)!
        let dimension = Int(description.dimension)
        let pairs = policy.historyPairs
        try Memory.require(
            vectors: (usesRay || pairs > 0 ? 6 : 5) + 2 * pairs, dimension: dimension, type: type)
        let description = description.completed()
        self.description = description
        self.objectiveID = objectiveID
        self.blocks = blocks
        self.exactProducts = exactProducts
        self.sampledProducts = sampledProducts
        // One trial that is certain to be accepted gains nothing from a ray, and a ray gives no slopes.
        self.usesRay = usesRay && policy.needs.isDisjoint(with: [.acceptsFirst, .trialSlope])
        self.policy = policy
        self.settings = settings
        needs = policy.needs
        limits = Limits(settings, description, policy.needs)
        takesEveryTrial = policy is any DirectPolicy
        lowerBound = policy.lowerBound
        space = HostSpace(type, count: dimension, threads: threads)
        x = try space.makeVector()
        trialPoint = try space.makeVector()
        bestPoint = try space.makeVector()
        gradient = try space.makeVector()
        spare = try space.makeVector()
        direction = self.usesRay || pairs > 0 ? try space.makeVector() : nil
        history = pairs > 0 ? History(space, limit: pairs) : nil
        lastEvaluation = EvaluationID.block()
        try self.policy.reset()
        iterate.struct_size = UInt32(MemoryLayout<eos_iterate>.size)
        if self.usesRay { iterate.flags |= UInt32(EOS_ITERATE_RAY) }
        if type == .f32 { iterate.flags |= UInt32(EOS_ITERATE_F32) }
        trial.struct_size = UInt32(MemoryLayout<eos_trial>.size)
        trial.slope = .nan
        evaluations.iterate = nextEvaluation()
        clearIterate()
        if let start { x.copy(from: start) }
    }

    /// A trainer for ask and tell: whoever holds it answers the requests.
    public convenience init(
        description: eos_objective_description, start: UnsafeRawPointer, curvature: Bool,
        threads: ThreadPool? = nil, policy: any Policy, settings: TrainerSettings
    ) throws(EosError) {
        try self.init(
            description: description, start: start, exactProducts: curvature, threads: threads, policy: policy,
            settings: settings)
    }

    /// Starts at `point` instead, `space.count` elements, copied.
    ///
    /// - Throws: `EOS_E_STATE` once the starting point has been evaluated.
    public func setPoint(_ point: UnsafeRawPointer) throws(EosError) {
        guard phase == .starting else {
            throw EosError(EOS_E_STATE, "training has begun: the starting point can be set before the first step only")
        }
        x.copy(from: point)
        evaluations.iterate = nextEvaluation()
        isAsked = false
    }

    /// Warns of what went wrong at an iterate, once for the same reason in a row.
    func warn(_ what: String, _ reason: String) {
        guard reason != lastWarning else { return }
        lastWarning = reason
        onWarning?("\(what) at iteration \(iterate.iteration): \(reason)")
    }

    /// Whether everything is known of the iterate: its sharpness, too, where that is due.
    public var hasArrived: Bool { phase != .starting && phase != .measuring }

    /// Whether it stopped for a reason that is an error.
    public var hasFailed: Bool { Self.failures.contains(Int(stop)) }

    static let failures = [EOS_STOP_FAILED, EOS_STOP_NONFINITE, EOS_STOP_NO_STEP]

    /// Asks the trainer to stop after the evaluation under way. Any thread.
    public func requestStop() { stopRequested.store(true, ordering: .relaxed) }

    /// Asks for a call of the observer after the iteration under way, whatever `firstObserved` says. Any thread.
    public func requestAttention() { attentionRequested.store(true, ordering: .relaxed) }

    var isAttentionRequested: Bool { attentionRequested.load(ordering: .relaxed) }

    func callObserver() {
        attentionRequested.store(false, ordering: .relaxed)
        if let observer, observer(progress), stop == EOS_STOP_NONE { stop = Int32(EOS_STOP_REQUESTED) }
    }

    /// Goes on after a stop that was requested or that a budget caused.
    ///
    /// - Parameter settings: replace the stop rule and the probes; the seed stays.
    /// - Throws: `EOS_E_STATE` after any other stop.
    public func resume(_ settings: TrainerSettings? = nil) throws(EosError) {
        switch Int(stop) {
        case EOS_STOP_NONE, EOS_STOP_REQUESTED, EOS_STOP_ITERATIONS, EOS_STOP_EVALUATIONS, EOS_STOP_SECONDS: break
        case EOS_STOP_LOSS, EOS_STOP_GRADIENT, EOS_STOP_STEP, EOS_STOP_NO_PROGRESS:
            guard settings != nil else {
                throw EosError(
                    EOS_E_STATE, "training has converged; give settings with a tighter stop rule to go on")
            }
            stall = Stall()
        default:
            throw EosError(EOS_E_STATE, "training failed and can't go on: \(failure?.message ?? "no reason known")")
        }
        if let settings { self.settings = settings }
        isAsked = false
        stopRequested.store(false, ordering: .relaxed)
        stop = Int32(EOS_STOP_NONE)
        if phase == .arrived { stop = stopRule() }
    }

    /// Replaces the stop rule and the probes from the next request on; the seed stays what it was.
    public func replace(settings: TrainerSettings) { self.settings = settings }

    /// Goes on with another policy of the same kind, set differently: it takes over the state of the one before.
    ///
    /// - Throws: `EOS_E_STATE` in the middle of a search, or where it needs something else; what its `load` throws.
    public func replace(policy new: any Policy) throws(EosError) {
        guard phase == .arrived || phase == .starting, new.needs == needs,
            new.historyPairs == policy.historyPairs
        else {
            throw EosError(EOS_E_STATE, "a policy can be replaced between two iterations, by one of the same needs")
        }
        var new = new
        try new.reset()
        let state = try policy.save()
        var failure: EosError?
        state.withUnsafeBytes { bytes in
            do throws(EosError) { try new.load(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        policy = new
        takesEveryTrial = new is any DirectPolicy
        lowerBound = new.lowerBound
    }

    func takeStopRequest() -> Bool { stopRequested.load(ordering: .relaxed) }

    func nextEvaluation() -> Int64 {
        lastEvaluation += 1
        return lastEvaluation
    }

    /// The scalars that are unknown until they are computed.
    func clearIterate() {
        iterate.value = .nan
        iterate.best_value = .nan
        iterate.slope = .nan
        iterate.gradient_norm2 = .nan
        iterate.direction_norm2 = .nan
        iterate.last_step = .nan
        iterate.dx_dg = .nan
        iterate.dg_norm2 = .nan
        iterate.dx_norm2 = .nan
        iterate.curvature = .nan
        iterate.direction_curvature = .nan
        iterate.sharpness = .nan
        iterate.gradient_norm = .nan
        iterate.direction_norm = .nan
        iterate.dx_norm = .nan
        iterate.dg_norm = .nan
        iterate.point_norm = .nan
        iterate.value_lower_bound = description.value_lower_bound
        iterate.sharpness_bound = description.sharpness_lower_bound
        iterate.value_accuracy = description.value_accuracy
    }
}

extension Trainer {
    /// A point that stays valid until the trainer advances.
    public struct Point {
        public let x: UnsafeRawPointer
        /// NaN: not evaluated yet.
        public let value: Double
        public let iteration: Int
    }

    public var current: Point {
        Point(x: UnsafeRawPointer(x.pointer), value: iterate.value, iteration: Int(iterate.iteration))
    }

    /// The gradient at the current iterate once that is complete, until the trainer advances.
    public var currentGradient: UnsafeRawPointer { UnsafeRawPointer(gradient.pointer) }

    /// The iterate with the smallest value, the last one among equals; where a limit of gradient or step ended the training
    /// the last one, unless its value is above the smallest by more than rounding.
    public var best: Point {
        Point(
            x: UnsafeRawPointer(bestIsCurrent ? x.pointer : bestPoint.pointer), value: iterate.best_value,
            iteration: bestIteration)
    }

    /// The leading eigenvalues last measured, largest first.
    public var sharpnessPairs: [LeadingEigenvalues.Pair] { sharpness.pairs }

    public var progress: eos_progress {
        var progress = sized(eos_progress())
        progress.stop = stop
        progress.iteration = iterate.iteration
        progress.value = iterate.value
        progress.best_value = iterate.best_value
        progress.best_iteration = Int64(bestIteration)
        progress.gradient_norm = iterate.gradient_norm
        progress.step = iterate.last_step
        progress.trials = Int64(counts.trials)
        progress.reason = accepted.reason.rawValue
        progress.sharpness = sharpness.pairs.first?.value ?? .nan
        progress.sharpness_residual = sharpness.pairs.first?.residual ?? .nan
        progress.sharpness_converged = sharpness.pairs.first?.converged == true ? 1 : 0
        progress.sharpness_iteration = Int64(sharpness.iteration)
        progress.value_evaluations = Int64(counts.values)
        progress.gradient_evaluations = Int64(counts.gradients)
        progress.curvature_products = Int64(counts.products)
        progress.failures = Int64(counts.failures)
        progress.seconds = stopwatch.seconds
        return progress
    }
}
