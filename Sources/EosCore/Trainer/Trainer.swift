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

    /// Where the training stands: what is saved.
    var state: State

    // What follows from the state, or is only needed until the next answer.
    /// Where the next value is asked for; exchanged with the points of the state, never copied.
    var trialPoint: Vector
    /// The previous iterate's gradient, or where the next one's is written.
    var spare: Vector
    /// -g, the direction of rays that no policy directs.
    let steepest: Vector?
    /// Lent to products with the Hessian, made where the first one is due.
    var workspace = Workspace()
    var evaluations = EvaluationIDs()
    var hasWarnedOfBound = false
    /// Iterates completed by this object, the starting point included.
    var arrivals = 0

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
        trialPoint = try space.makeVector()
        spare = try space.makeVector()
        steepest = self.usesRay && pairs == 0 ? try space.makeVector() : nil
        state = try State(
            space, description, flags: self.usesRay ? EOS_ITERATE_RAY : 0,
            history: pairs > 0 ? try History(space, limit: pairs) : nil)
        try self.policy.reset()
        if let start { state.x.copy(from: start) }
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
        guard state.phase.isStarting else {
            throw EosError(EOS_E_STATE, "training has begun; set the starting point before the first step")
        }
        state.x.copy(from: point)
        evaluations.iterate = evaluations.next()
        isAsked = false
    }

    /// Warns of what went wrong at an iterate, once for the same reason in a row.
    func warn(_ what: String, _ reason: String) {
        guard reason != lastWarning else { return }
        lastWarning = reason
        onWarning?("\(what) at iteration \(state.iterate.iteration): \(reason)")
    }

    /// Why it has stopped.
    public var stop: StopReason { state.stop }

    /// What went wrong, where `stop` is an error.
    public var failure: EosError? { state.failure }

    /// Whether everything is known of the iterate: its sharpness, too, where that is due.
    public var hasArrived: Bool { !state.phase.isStarting && !state.phase.isMeasuring }

    /// Whether it stopped for a reason that is an error.
    public var hasFailed: Bool { state.hasFailed }

    /// Asks the trainer to stop after the evaluation under way. Any thread.
    public func requestStop() { stopRequested.store(true, ordering: .relaxed) }

    /// Asks for a call of the observer after the iteration under way, whatever `firstObserved` says. Any thread.
    public func requestAttention() { attentionRequested.store(true, ordering: .relaxed) }

    var isAttentionRequested: Bool { attentionRequested.load(ordering: .relaxed) }

    func callObserver() {
        attentionRequested.store(false, ordering: .relaxed)
        if let observer, observer(progress), state.stop == .none { state.stop = .requested }
    }

    /// Goes on after a stop that was requested or that a budget caused.
    ///
    /// - Parameter settings: replace the stop rule and the probes; the seed stays.
    /// - Throws: `EOS_E_STATE` after any other stop.
    public func resume(_ settings: TrainerSettings? = nil) throws(EosError) {
        switch state.stop {
        case .none, .requested, .iterations, .evaluations, .seconds: break
        case .loss, .gradient, .step, .noProgress:
            guard settings != nil else {
                throw EosError(
                    EOS_E_STATE, "training has converged; to continue, give settings with a stricter stop rule")
            }
            state.stall = Stall()
        case .nonfinite, .failed, .noStep:
            throw EosError(EOS_E_STATE, "training failed and can't continue: \(failure?.message ?? "no reason given")")
        }
        if let settings { self.settings = settings }
        isAsked = false
        stopRequested.store(false, ordering: .relaxed)
        state.stop = .none
        if state.phase.hasArrived { state.stop = stopRule() }
    }

    /// Replaces the stop rule and the probes from the next request on; the seed stays what it was.
    public func replace(settings: TrainerSettings) { self.settings = settings }

    /// Goes on with another policy of the same kind, set differently: it takes over the state of the one before.
    ///
    /// - Throws: `EOS_E_STATE` in the middle of a search, or where it needs something else; what its `load` throws.
    public func replace(policy new: any Policy) throws(EosError) {
        guard state.phase.hasArrived || state.phase.isStarting, new.needs == needs,
            new.historyPairs == policy.historyPairs
        else {
            throw EosError(
                EOS_E_STATE,
                "a policy can be replaced only between two iterations, and only by a policy with the same needs")
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
        Point(x: UnsafeRawPointer(state.x.pointer), value: state.iterate.value, iteration: Int(state.iterate.iteration))
    }

    /// The gradient at the current iterate once that is complete, until the trainer advances.
    public var currentGradient: UnsafeRawPointer { UnsafeRawPointer(state.gradient.pointer) }

    /// The iterate with the smallest value, the last one among equals; where a limit of gradient or step ended the training
    /// the last one, unless its value is above the smallest by more than rounding.
    public var best: Point {
        Point(
            x: UnsafeRawPointer(state.bestIsCurrent ? state.x.pointer : state.bestPoint.pointer),
            value: state.iterate.best_value,
            iteration: state.bestIteration)
    }

    /// The leading eigenvalues last measured, largest first.
    public var sharpnessPairs: [LeadingEigenvalues.Pair] { state.sharpness.pairs }

    public var progress: eos_progress {
        var progress = sized(eos_progress())
        progress.stop = state.stop.rawValue
        progress.iteration = state.iterate.iteration
        progress.value = state.iterate.value
        progress.best_value = state.iterate.best_value
        progress.best_iteration = Int64(state.bestIteration)
        progress.gradient_norm = state.iterate.gradient_norm
        progress.step = state.iterate.last_step
        progress.trials = Int64(state.counts.trials)
        progress.reason = state.accepted.reason.rawValue
        progress.sharpness = state.sharpness.pairs.first?.value ?? .nan
        progress.sharpness_residual = state.sharpness.pairs.first?.residual ?? .nan
        progress.sharpness_converged = state.sharpness.pairs.first?.converged == true ? 1 : 0
        progress.sharpness_iteration = Int64(state.sharpness.iteration)
        progress.value_evaluations = Int64(state.counts.values)
        progress.gradient_evaluations = Int64(state.counts.gradients)
        progress.curvature_products = Int64(state.counts.products)
        progress.failures = Int64(state.counts.failures)
        progress.seconds = state.stopwatch.seconds
        return progress
    }
}
