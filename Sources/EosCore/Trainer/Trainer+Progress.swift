import CEos

/// Whether training still gets anywhere: searches that fail, and iterations that rounding hides.
extension Trainer {
    /// Iterations in a row that got nowhere.
    struct Stall: Equatable {
        var iterations = 0
        /// Those whose search ended with the smallest step.
        var failures = 0
        /// Whether the search of one of them was promised a decrease that rounding can't hide.
        var isBroken = false
        /// What the first of them started from: the smallest value and gradient norm that count as none of them.
        var value = Double.nan
        var gradientNorm = Double.nan
        /// What follows from all this: `none`, `noStep` or `noProgress`.
        var stop = StopReason.none

        static let mostFailures = 3
        static let mostIterations = 20
    }

    /// Rounding errors of a value as small as any change that is looked for: as many as searches allow for.
    func rounding(of value: Double) -> Double { 4 * state.iterate.value_accuracy * abs(value) }

    /// What the slope promises of the decrease for a step.
    @inline(__always)
    private func promise(_ step: Double) -> Double {
        state.history == nil ? state.iterate.decrease(step) : -step * state.iterate.slope
    }

    /// Takes in the step that was accepted, before it is committed.
    @inline(__always)
    func noteProgress(value: Double, gradientNorm: Double) {
        let size = max(abs(value), abs(state.iterate.value))
        let change = abs(value - state.iterate.value)
        state.relativeChange = change == 0 ? 0 : change / size
        // A policy that doesn't look at values is not held up by their rounding, as long as they change at all.
        let isHidden =
            change <= (needs.contains(.acceptsFirst) ? 0 : rounding(of: size))
            && (abs(promise(state.accepted.step)) <= 4 * rounding(of: size) || (change == 0 && isStill))
        if !isHidden, state.accepted.reason != .safeguard {
            if state.stall.iterations > 0 { state.stall = Stall() }
            return
        }
        noteStall(value, gradientNorm)
    }

    /// Whether the step that was accepted leaves the point where it is, but for its rounding.
    private var isStill: Bool {
        state.accepted.step * state.iterate.direction_norm <= 4 * space.type.epsilon * space.norm(state.x.pointer)
    }

    @inline(never)
    private func noteStall(_ value: Double, _ gradientNorm: Double) {
        var stall = state.stall
        defer { state.stall = stall }
        if stall.iterations == 0 {
            (stall.value, stall.gradientNorm) = (state.iterate.value, state.iterate.gradient_norm)
        }
        let hasFailed = state.accepted.reason == .safeguard
        let falls = value < stall.value - rounding(of: stall.value)
        // The smallest step alone flattens a little, at the price of a whole search.
        let flattens = gradientNorm < stall.gradientNorm * (1 - (hasFailed ? 1e-2 : 1e-6))
        if falls || flattens {
            stall = Stall(value: min(value, stall.value), gradientNorm: min(gradientNorm, stall.gradientNorm))
            return
        }
        stall.iterations += 1
        if hasFailed { stall.failures += 1 }
        // The searches after these start from their last step, where rounding hides what is promised.
        if !stall.isBroken, stall.iterations <= Stall.mostFailures { stall.isBroken = wasPromised(value) }
        guard givesUp, settings.stalled, stall.iterations >= Stall.mostFailures else { return }
        if stall.isBroken {
            stall.stop = .noStep
        } else if stall.failures >= Stall.mostFailures || stall.iterations >= Stall.mostIterations {
            stall.stop = .noProgress
        }
    }

    /// Whether the search that has ended was promised a decrease that rounding can't hide.
    ///
    /// Its shortest rejected trial whose promise p stands out from rounding changed the value by D instead of -p. The
    /// parabola through both falls by p^2/(4 (D + p)). Near a minimum that is within rounding; where the gradient has the
    /// wrong sign it is p/8.
    ///
    /// - Parameter value: at the step that was accepted.
    private func wasPromised(_ value: Double) -> Bool {
        let iterate = state.iterate
        // A gradient that led this far down is that of the value; what is left may have underflowed.
        guard iterate.gradient_norm > space.type.epsilon * state.firstGradientNorm else { return false }
        // That of the point changes the value, too.
        let pointRounding = 4 * space.type.epsilon * space.norm(state.x.pointer) * iterate.gradient_norm
        let rounding = max(rounding(of: iterate.value) + pointRounding, hiddenPromise(value))
        var shortest: (step: Double, promise: Double, change: Double)?
        for one in state.tried where one.value.isFinite && one.step < shortest?.step ?? .infinity {
            let promise = promise(one.step)
            if promise > 64 * rounding { shortest = (one.step, promise, one.value - iterate.value) }
        }
        guard let (_, promise, change) = shortest, change + promise > 0 else { return false }
        return promise * (promise / (change + promise)) / 4 > 4 * rounding
    }

    /// The largest promise for a step up to which the search did not change a bit of the value. Terms that are larger than
    /// their sum round by more than it: log(cosh(x)) is 0 up to x = 1e-8.
    private func hiddenPromise(_ value: Double) -> Double {
        let accepted = (step: state.accepted.step, hasChanged: value != state.iterate.value)
        var firstChange = accepted.hasChanged ? accepted.step : .infinity
        for one in state.tried where one.value != state.iterate.value { firstChange = min(firstChange, one.step) }
        var hidden = accepted.step < firstChange ? promise(accepted.step) : 0
        for one in state.tried where one.step < firstChange { hidden = max(hidden, promise(one.step)) }
        return hidden
    }

    /// The sentence about `EOS_STOP_NO_STEP`.
    func noStep() -> EosError {
        let iterate = state.iterate
        let steps = (state.tried.map(\.step) + [state.trial.step]).sorted()
        let range = steps.count > 1 ? "from \(steps.last!) down to \(steps.first!)" : "of \(steps.first ?? .nan)"
        return EosError(
            EOS_E_FAILED,
            "iteration \(iterate.iteration): the last \(state.stall.iterations) searches found no acceptable step; "
                + "steps \(range) do not give the decrease that the gradient promises (value \(iterate.value), "
                + "gradient norm \(iterate.gradient_norm)); the gradient may not belong to the value; check it with "
                + "`eos plugin check`, or lower policy.min_step if it is correct")
    }

    /// The sentence about a stop that is no error: what was reached, and the limit.
    public var stopSentence: String {
        switch stop {
        case .loss:
            state.iterate.value < limits.loss
                ? "the loss \(state.iterate.value) is below its limit"
                : "the loss \(state.iterate.value) is at its lower bound"
        case .gradient: "the gradient norm \(state.iterate.gradient_norm) is below its limit"
        case .step: "the last update is shorter than its limit"
        case .iterations: "the limit of \(settings.iterations) iterations was reached"
        case .evaluations: "the limit of \(settings.evaluations) evaluations was reached"
        case .seconds: "the time limit was reached"
        case .noProgress where state.stall.stop != .none:
            "rounding hides any further decrease of the loss \(state.iterate.value) at the gradient norm "
                + "\(state.iterate.gradient_norm)"
        case .noProgress:
            "the loss \(state.iterate.value) or the parameters change by less than a relative limit"
        case .none, .requested, .nonfinite, .failed, .noStep: stop.text
        }
    }

    /// A value below the bound that the objective states, once.
    @inline(never)
    func warnOfBound() {
        guard !hasWarnedOfBound else { return }
        hasWarnedOfBound = true
        let source =
            description.isNonnegative && description.value_lower_bound == 0
            ? "EOS_OBJECTIVE_NONNEGATIVE" : "value_lower_bound"
        onWarning?(
            "the value \(state.iterate.value) at iteration \(state.iterate.iteration) is below "
                + "\(description.value_lower_bound), the lower bound that the objective states (\(source)); policies "
                + "that use the bound (polyak, "
                + "ponls, ponos) and stop.loss are then wrong, so correct the bound")
    }
}

extension eos_iterate {
    /// t <g, g>, the decrease that a step t along -g promises to first order; also where <g, g> leaves the range of a
    /// double.
    @inline(__always)
    func decrease(_ t: Double) -> Double {
        isOrdinary(square: gradient_norm2) ? t * gradient_norm2 : t * gradient_norm * gradient_norm
    }
}
