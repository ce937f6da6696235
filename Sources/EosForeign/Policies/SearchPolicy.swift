import CEos
import EosCore
import EosPluginHost

/// A step-size policy around a search that calls for values itself.
///
/// `propose` starts the search on a thread of its own and waits until it asks for f(x + t d): that is the trial. `judge`
/// hands the value over and waits for the next question, or for the step that the search returns. A step that it
/// returns without having asked for it is tried before it is accepted. Where it finds none (a step of 0, a status that
/// says so, a value that is not finite) the best trial is accepted as a safeguard, or `min_step` without any.
///
/// Saved in the middle of a search, it keeps the questions and answers of that search; loading runs the search again
/// with the same answers. A search that depends on nothing but its arguments then stands where it stood.
public final class SearchPolicy: Policy {
    public typealias Make = (SearchRay) throws(EosError) -> any PushedSearch

    public struct Limits: Sendable {
        /// Seconds in which a search has to ask or to return.
        public var silence = 60.0
        /// Seconds in which a search has to return once it is told +inf only, until it is left behind.
        public var grace = 1.0

        public init() {}
    }

    public let needs: PolicyNeeds
    let name: String
    let minStep: Double
    let limits: Limits
    private let host: Host
    private let make: Make
    /// One that was made already.
    private var first: (SearchRay, any PushedSearch)?
    private var thread: SearchThread?
    private var hasComplained = false

    /// The search under way.
    var state: SearchState?

    /// - Parameters:
    ///   - name: of the function, for messages.
    ///   - usesSlope: whether the search looks at slopes.
    ///   - minStep: tried where a search finds no step at all.
    ///   - first: a search that is bound to a ray already.
    ///   - make: binds the search to a ray; called once, and again only after a search that had to be left behind.
    public init(
        _ name: String, usesSlope: Bool, minStep: Double, host: Host, limits: Limits = Limits(),
        first: (SearchRay, any PushedSearch)? = nil, make: @escaping Make
    ) {
        self.name = name
        self.minStep = minStep
        self.host = host
        self.limits = limits
        self.first = first
        self.make = make
        needs = usesSlope ? .trialSlope : []
    }

    deinit {
        if callOff() { thread?.dismiss() } else { leaveBehind("does not return") }
    }

    public func propose(_ iterate: IterateScalars) throws(EosError) -> Double {
        try abandon()
        let start = SearchStart(iterate)
        state = SearchState(start: start)
        let event = try searching().begin(start, seconds: limits.silence)
        switch try next(event) {
        case .tryStep(let step), .accept(let step, _): return step
        }
    }

    public func judge(_ iterate: IterateScalars, _ trial: eos_trial) throws(EosError) -> Verdict {
        guard let pending = state?.pending else {
            throw EosError(EOS_E_STATE, "the search \(name) has not begun; call propose before judge")
        }
        let value = trial.finite != 0 ? trial.value : .infinity
        let known = SearchRay.Trial(step: trial.step, value: value, slope: trial.slope)
        state?.trials.append(known)
        switch pending {
        case .question: return try next(try searching().answer(known, seconds: limits.silence))
        case .result(let step): return try conclude(step)
        case .safeguard: return try safeguard("found no step")
        }
    }

    public func accepted(_ iterate: IterateScalars, _ trial: eos_trial) {}

    public func reset() throws(EosError) {
        try abandon()
        hasComplained = false
    }

    private var trials: [SearchRay.Trial] { state?.trials ?? [] }

    /// What follows from an event: a trial, or the end of the search.
    private func next(_ event: SearchThread.Event) throws(EosError) -> Verdict {
        complainOfStrangeSteps()
        switch event {
        case .asks(let step):
            state?.pending = .question(step)
            return .tryStep(step)
        case .returned(.step(let step)):
            if step == 0 { return try safeguard("returned the step 0") }
            guard step > 0, step.isFinite else {
                throw EosError(
                    EOS_E_PLUGIN,
                    "the search \(name) returned the step \(step) after \(trials.count) trials; a step must be "
                        + "positive and finite, so check the signature and the roles of its arguments")
            }
            return try conclude(step)
        case .returned(.failed(let status)):
            return try safeguard("returned the status \(status)")
        case .gone:
            thread?.dismiss()
            thread = nil
            throw EosError(EOS_E_PLUGIN, "the search \(name) ended its own thread")
        case .endless:
            leaveBehind("requests the same values again and again")
            throw EosError(EOS_E_PLUGIN, "the search \(name) does not return; it requested a million values")
        case .silent:
            leaveBehind("does not return")
            throw EosError(
                EOS_E_PLUGIN,
                "the search \(name) neither requested a value nor returned within \(limits.silence) s; raise "
                    + "time_limit if it computes that long")
        }
    }

    /// Accepts a step that the search returned, once its value is known.
    private func conclude(_ step: Double) throws(EosError) -> Verdict {
        guard let trial = trials.last(where: { $0.step == step }) else {
            state?.pending = .result(step)
            return .tryStep(step)
        }
        guard trial.value.isFinite else { return try safeguard("returned the step \(step), which has no value") }
        let first = trials[0].step
        state = nil
        return .accept(step, step == first ? .first : step < first ? .backtracked : .tracked)
    }

    /// The best of the trials, or the smallest step where none has a value.
    private func safeguard(_ why: String) throws(EosError) -> Verdict {
        if let best = trials.filter(\.value.isFinite).min(by: { $0.value < $1.value }) {
            state = nil
            return .accept(best.step, .safeguard)
        }
        guard !trials.contains(where: { $0.step == minStep }) else {
            throw EosError(
                EOS_E_PLUGIN,
                "the search \(name) \(why), and none of its \(trials.count) trials has a finite value; lower "
                    + "min_step = \(minStep) or start elsewhere")
        }
        state?.pending = .safeguard
        return .tryStep(minStep)
    }

    private func complainOfStrangeSteps() {
        guard !hasComplained, let strange = thread?.ray.strange else { return }
        hasComplained = true
        host.log(
            Int32(EOS_LOG_WARNING),
            "the search \(name) requested the value at the step \(strange); only positive steps are possible, and it "
                + "received infinity")
    }

    func searching() throws(EosError) -> SearchThread {
        if let thread { return thread }
        let made: SearchThread
        if let first {
            made = try SearchThread(first.0, first.1)
            self.first = nil
        } else {
            let ray = SearchRay()
            made = try SearchThread(ray, try make(ray))
        }
        thread = made
        return made
    }

    /// Gives up the search under way.
    func abandon() throws(EosError) {
        state = nil
        if !callOff() { leaveBehind("does not return") }
    }

    /// - Returns: false where the search has not returned in time.
    private func callOff() -> Bool {
        guard let thread else { return true }
        if thread.callOff(seconds: limits.grace) { return true }
        guard thread.ray.turn == .gone else { return false }
        thread.dismiss()
        self.thread = nil
        return true
    }

    /// Thread, closures and arguments stay for a search that may still use them.
    private func leaveBehind(_ what: String) {
        thread?.dismiss()
        thread = nil
        host.log(
            Int32(EOS_LOG_WARNING),
            "the search \(name) \(what); its thread and its closures are left behind, because it may still use them")
    }
}
