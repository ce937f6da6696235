import EosCore
import EosPluginHost
import Glibc
import Synchronization

/// What a search is told when it starts; a search that depends on nothing else can be replayed.
public struct SearchStart: Sendable, Equatable {
    public var iteration: Int
    /// f at the iterate.
    public var value: Double
    /// <g, d> at the iterate.
    public var slope: Double
    /// |g| at the iterate.
    public var gradientNorm: Double
    /// The step that led there; NaN at the starting point.
    public var lastStep: Double

    public init(iteration: Int, value: Double, slope: Double, gradientNorm: Double, lastStep: Double) {
        self.iteration = iteration
        self.value = value
        self.slope = slope
        self.gradientNorm = gradientNorm
        self.lastStep = lastStep
    }

    init(_ iterate: IterateScalars) {
        self.init(
            iteration: Int(iterate.iteration), value: iterate.value, slope: iterate.slope,
            gradientNorm: iterate.gradient_norm, lastStep: iterate.last_step)
    }
}

/// The ray x + t d as a search sees it: what its closures are bound to.
///
/// `value` and `slope` may be called on any thread, one at a time gets an answer. The iterate itself (t = 0) and steps
/// that were tried before are answered at once; any other step is a question that whoever pulls the search answers.
public final class SearchRay: @unchecked Sendable {
    // Unchecked: what is not atomic belongs to whose turn it is.

    /// Whose turn it is, and why.
    enum Turn: Int {
        /// The puller's: nothing has begun.
        case idle
        /// The search's: begin.
        case begun
        /// The puller's: answer.
        case asked
        /// The search's: go on.
        case answered
        /// The puller's: the search has returned.
        case returned
        /// The puller's, for good: the search ended its thread.
        case gone
        /// The puller's, for good: the search asks for ever what it knows.
        case endless
        /// The search's: end the thread.
        case dismissed
    }

    struct Trial: Equatable {
        var step: Double
        var value: Double
        var slope: Double
    }

    /// Questions of one search, and those after a search was called off, until its thread is put to sleep.
    private static let mostQuestions = 1_000_000
    private static let mostRefusals = 10_000

    let baton = Baton(Turn.idle.rawValue)
    var turn: Turn { Turn(rawValue: baton.value)! }

    private let lock = Lock()
    private let isCalledOff = Atomic<Bool>(false)
    private var isOpen = false
    private var questions = 0
    private var refusals = 0
    private(set) var start = SearchStart(iteration: 0, value: .nan, slope: .nan, gradientNorm: .nan, lastStep: .nan)
    /// Every step that was tried in this search.
    private(set) var trials: [Trial] = []
    /// The step in question.
    private(set) var question = Double.nan
    /// The first question of this search that is none: a step that can't be tried.
    private(set) var strange: Double?

    /// f(x + step d): +inf where it is not finite, and for steps that are not positive and finite, as these can't be
    /// tried.
    public func value(_ step: Double) -> Double { ask(step).value }

    /// <g(x + step d), d>: NaN where `value` is +inf.
    public func slope(_ step: Double) -> Double { ask(step).slope }

    /// Value and slope at once.
    func ask(_ step: Double) -> Trial { lock.withLock { answer(at: step) } }

    private func answer(at step: Double) -> Trial {
        let nothing = Trial(step: step, value: .infinity, slope: .nan)
        guard isOpen else { return nothing }
        guard !isCalledOff.load(ordering: .sequentiallyConsistent) else {
            refusals += 1
            if refusals > Self.mostRefusals {
                for turn in [Turn.begun, .answered] {
                    baton.set(Turn.endless.rawValue, whereItIs: turn.rawValue)
                }
                sleepForEver()
            }
            return nothing
        }
        questions += 1
        if questions > Self.mostQuestions {
            baton.set(Turn.endless.rawValue)
            sleepForEver()
        }
        if step == 0 { return Trial(step: 0, value: start.value, slope: start.slope) }
        guard step > 0, step.isFinite else {
            if strange == nil { strange = step }
            return nothing
        }
        if let known = trials.last(where: { $0.step == step }) { return known }
        question = step
        baton.set(Turn.asked.rawValue)
        // Looked at again, as the puller may have called it off just before the question.
        if !isCalledOff.load(ordering: .sequentiallyConsistent) { _ = baton.wait(whileIs: Turn.asked.rawValue) }
        return isCalledOff.load(ordering: .sequentiallyConsistent) ? nothing : trials[trials.count - 1]
    }

    /// A search that does not take +inf for an answer can't be ended; at least it uses no processor.
    private func sleepForEver() -> Never {
        while true { sleep(1_000_000) }
    }

    // For the search's own thread.

    func open() { lock.withLock { isOpen = true } }

    /// Waits for the question of another thread, if there is one; later ones are refused.
    func close() { lock.withLock { isOpen = false } }

    // For the puller, in its turn.

    func begin(_ start: SearchStart) {
        self.start = start
        trials.removeAll(keepingCapacity: true)
        (questions, refusals, strange) = (0, 0, nil)
        isCalledOff.store(false, ordering: .sequentiallyConsistent)
        baton.set(Turn.begun.rawValue)
    }

    func answer(_ trial: Trial) {
        trials.append(trial)
        baton.set(Turn.answered.rawValue)
    }

    /// From now on every question is refused.
    func callOff() {
        isCalledOff.store(true, ordering: .sequentiallyConsistent)
        baton.set(Turn.answered.rawValue, whereItIs: Turn.asked.rawValue)
    }
}
