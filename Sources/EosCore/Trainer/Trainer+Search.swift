import CEos

/// From one iterate to the next: trials along the direction, the accepted point, its gradient.
extension Trainer {
    /// More trials than this in one search and the policy is out of its mind.
    static let mostTrials = 10_000

    /// Asks the policy for the first step, after the curvature if it needs that.
    func beginSearch() throws(EosError) {
        if let history = state.history, history.factors.isEmpty { try direct(history) }
        if needs.contains(.curvature), state.iterate.direction_curvature.isNaN { return try beginCurving() }
        if let lowerBound, try withScalars({ iterate throws(EosError) in try lowerBound.gap(iterate) }) == 0 {
            state.stop = .loss
            return
        }
        let step = try withScalars { iterate throws(EosError) in try policy.propose(iterate) }
        if !state.tried.isEmpty { state.tried.removeAll(keepingCapacity: true) }
        state.counts.trials = 0
        state.trial.index = -1
        evaluations.beginSearch()
        formSteepest()
        try beginTrial(step, "propose")
    }

    /// The scalars of the iterate for a call of the policy, without a copy.
    @inline(__always)
    func withScalars<Result>(_ body: (IterateScalars) throws(EosError) -> Result) throws(EosError) -> Result {
        try withUnsafePointer(to: &state.iterate) { address throws(EosError) in try body(IterateScalars(address)) }
    }

    @inline(__always)
    private func beginTrial(_ step: Double, _ function: String) throws(EosError) {
        guard step > 0, step.isFinite else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(state.iterate.iteration): the policy's \(function) returned the step \(step); "
                    + "steps must be positive and finite")
        }
        guard state.trial.index < Self.mostTrials else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(state.iterate.iteration): the policy asked for more than \(Self.mostTrials) trials in one "
                    + "search"
            )
        }
        state.trial.index += 1
        state.trial.step = step
        state.trial.value = .nan
        state.trial.slope = .nan
        state.trial.finite = 0
        evaluations.trial = evaluations.next()
        if !usesRay { formTrialPoint(step) }
        state.enter(.trying)
    }

    @inline(__always)
    func formTrialPoint(_ step: Double) {
        if let history = state.history {
            space.move(
                state.x.pointer, by: step, along: history.direction.pointer, into: trialPoint.pointer)
        } else {
            space.move(state.x.pointer, by: -step, along: state.gradient.pointer, into: trialPoint.pointer)
        }
    }

    @inline(__always)
    func setTrial(_ value: Double) {
        state.trial.value = value
        state.trial.finite = value.isFinite ? 1 : 0
        if needs.contains(.trialSlope), value.isFinite {
            let slope =
                state.history.map { space.dot(spare.pointer, $0.direction.pointer) }
                ?? -space.dot(spare.pointer, state.gradient.pointer)
            state.trial.slope = slope.isFinite ? slope : .nan
        }
        state.counts.trials += 1
    }

    @inline(__always)
    func judge(_ value: Double) throws(EosError) {
        setTrial(value)
        if takesEveryTrial {
            state.accepted = Accepted(step: state.trial.step, value: value, reason: .first)
            guard value.isFinite else { throw nonFinite("the value is \(value)") }
            return try commit()
        }
        let trial = state.trial
        switch try withScalars({ iterate throws(EosError) in try policy.judge(iterate, trial) }) {
        case .tryStep(let step):
            state.tried.append(Tried(step: trial.step, value: value, slope: trial.slope))
            try beginTrial(step, "judge")
        case .accept(let step, let reason):
            try accept(step, reason)
        }
    }

    /// Goes to x + step d: its value is that of a trial, or is asked for now.
    func accept(_ step: Double, _ reason: StepReason) throws(EosError) {
        state.accepted = Accepted(step: step, value: .nan, reason: reason)
        // The gradient of the last trial is there already where it was evaluated with its value.
        var gradientIsThere = trialWant & EOS_WANT_GRADIENT != 0
        if step == state.trial.step {
            state.accepted.value = state.trial.value
        } else if let index = state.tried.lastIndex(where: { $0.step == step }) {
            let earlier = state.tried[index]
            state.accepted.value = earlier.value
            gradientIsThere = false
            evaluations.trial = evaluations.ofTrial(index)
            state.trial.step = step
            state.trial.value = earlier.value
            state.trial.slope = earlier.slope
            state.trial.finite = earlier.value.isFinite ? 1 : 0
            formTrialPoint(step)
        } else {
            try beginTrial(step, "judge")
            state.enter(.safeguarding)
            return
        }
        guard state.accepted.value.isFinite else {
            throw reason == .safeguard ? hopeless() : nonFinite("the value is \(state.accepted.value)")
        }
        let trial = state.trial
        try withScalars { iterate throws(EosError) in try policy.accepted(iterate, trial) }
        if gradientIsThere { return try commit() }
        if usesRay { formTrialPoint(step) }
        state.enter(.descending)
    }

    /// The gradient at the accepted point is in `spare`: makes that point the iterate.
    @inline(__always)
    func commit() throws(EosError) {
        let step = state.accepted.step
        swap(&state.gradient, &spare)
        let norm2: Double
        if state.history == nil, needs.contains(.secant) {
            let sums = space.secant(state.gradient.pointer, previous: spare.pointer)
            norm2 = sums.norm2
            // dx = -t g_before.
            state.iterate.dx_dg = -step * sums.previousDotChange
            state.iterate.dg_norm2 = sums.changeNorm2
            state.iterate.dx_norm2 = step * step * state.iterate.direction_norm2
        } else {
            norm2 = space.norm2(state.gradient.pointer)
        }
        let norm = space.norm(state.gradient.pointer, square: norm2)
        guard norm.isFinite else {
            swap(&state.gradient, &spare)
            throw nonFinite(gradientFault(spare))
        }
        if state.history == nil, needs.contains(.secant) { completeSecant(norm) }
        let length = step * state.iterate.direction_norm
        if let history = state.history { try record(in: history) }
        noteProgress(value: state.accepted.value, gradientNorm: norm)
        state.exchange(&trialPoint)
        state.iterate.iteration += 1
        state.iterate.last_step = step
        lastSearch = (state.counts.trials, state.accepted.reason)
        evaluations.iterate = evaluations.trial
        if state.accepted.reason == .safeguard { state.counts.failures += 1 }
        state.setIterate(value: state.accepted.value, norm2: norm2, norm: norm)
        try finishIterate(updateLength: length)
    }

    /// The norms that go with the scalars of the secant, and these again where squares leave the range of a double.
    @inline(__always)
    private func completeSecant(_ norm: Double) {
        state.iterate.dx_norm = state.accepted.step * state.iterate.direction_norm
        state.iterate.dg_norm = state.iterate.dg_norm2.squareRoot()
        let isInRange =
            isOrdinary(square: state.iterate.dx_norm2) && isOrdinary(square: state.iterate.direction_norm2)
            && (space.type == .f32 || isOrdinary(square: state.iterate.dg_norm2))
        if !isInRange { rescaleSecant(max(norm, state.iterate.direction_norm)) }
    }

    @inline(never)
    private func rescaleSecant(_ norm: Double) {
        state.iterate.dx_norm2 = state.iterate.dx_norm * state.iterate.dx_norm
        if space.type == .f32 { return }
        let sums = space.scaledSecant(state.gradient.pointer, previous: spare.pointer, largest: norm)
        state.iterate.dg_norm = sums.changeNorm2.squareRoot() / sums.factor
        state.iterate.dg_norm2 = state.iterate.dg_norm * state.iterate.dg_norm
        state.iterate.dx_dg = -(state.accepted.step / sums.factor * sums.previousDotChange) / sums.factor
    }

    /// What is wrong with a gradient whose norm is not finite.
    private func gradientFault(_ gradient: Vector) -> String {
        space.largest(gradient.pointer).isFinite
            ? "the gradient is finite, but its norm is above the largest double," : "the gradient is not finite"
    }

    func arriveAtStart(_ value: Double) throws(EosError) {
        guard value.isFinite else { throw nonFinite("the value is \(value)") }
        let norm2 = space.norm2(state.gradient.pointer)
        let norm = space.norm(state.gradient.pointer, square: norm2)
        guard norm.isFinite else { throw nonFinite(gradientFault(state.gradient)) }
        state.iterate.best_value = value
        state.firstGradientNorm = norm
        state.setIterate(value: value, norm2: norm2, norm: norm)
        if needs.contains(.secant) || state.history != nil { state.iterate.point_norm = space.norm(state.x.pointer) }
        try state.history?.begin(state.gradient, norm: norm, pointNorm: state.iterate.point_norm)
        try finishIterate(updateLength: .infinity)
    }

    /// Value and gradient are there: measures the sharpness if it is due, then the iterate is complete.
    @inline(__always)
    private func finishIterate(updateLength: Double) throws(EosError) {
        state.lastUpdate = updateLength
        if limits.measures, isMeasurementDue { try probe() } else { try arrive() }
    }

    private var isMeasurementDue: Bool {
        needs.contains(.sharpness) || Int(state.iterate.iteration) % settings.sharpnessEvery == 0
    }

    /// The iterate is complete.
    @inline(__always)
    func arrive() throws(EosError) {
        state.enter(.arrived)
        arrivals += 1
        state.stop = stopRule()
        if state.stop != .none || observer != nil || state.iterate.value < state.iterate.value_lower_bound {
            try announce()
        }
    }

    /// What is rarely there to do once an iterate is complete.
    @inline(never)
    private func announce() throws(EosError) {
        if state.stop != .none { settleBest() }
        if state.iterate.value < state.iterate.value_lower_bound { warnOfBound() }
        if observer != nil,
            state.iterate.iteration >= firstObserved || state.stop != .none || isAttentionRequested
        {
            callObserver()
        }
        if state.stop == .noStep { throw noStep() }
    }

    /// The iterate that a limit of gradient or step was waiting for is the best one, where rounding alone can have made its
    /// value larger than the smallest.
    private func settleBest() {
        guard state.stop == .gradient || state.stop == .step, !state.bestIsCurrent,
            state.iterate.value <= state.iterate.best_value + rounding(of: state.iterate.best_value)
        else { return }
        state.bestIsCurrent = true
        state.iterate.best_value = state.iterate.value
        state.bestIteration = Int(state.iterate.iteration)
    }
}
