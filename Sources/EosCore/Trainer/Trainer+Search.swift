import CEos

/// From one iterate to the next: trials along the direction, the accepted point, its gradient.
extension Trainer {
    /// More trials than this in one search and the policy is out of its mind.
    static let mostTrials = 10_000

    /// Asks the policy for the first step, after the curvature if it needs that.
    func beginSearch() throws(EosError) {
        if let history, factors.isEmpty { try direct(history, into: direction!) }
        if needs.contains(.curvature), iterate.direction_curvature.isNaN {
            if product == nil { product = try space.makeVector() }
            try scaleCurved()
            try beginProduct(UnsafeRawPointer(curvedVector.pointer))
            phase = .curving
            return
        }
        if let lowerBound, try withScalars({ iterate throws(EosError) in try lowerBound.gap(iterate) }) == 0 {
            stop = Int32(EOS_STOP_LOSS)
            return
        }
        let step = try withScalars { iterate throws(EosError) in try policy.propose(iterate) }
        if !tried.isEmpty { tried.removeAll(keepingCapacity: true) }
        counts.trials = 0
        trial.index = -1
        evaluations.search = lastEvaluation
        if usesRay, history == nil { restoreDirection() }
        try beginTrial(step, "propose")
    }

    /// The scalars of the iterate for a call of the policy, without a copy.
    @inline(__always)
    func withScalars<Result>(_ body: (IterateScalars) throws(EosError) -> Result) throws(EosError) -> Result {
        try withUnsafePointer(to: &iterate) { address throws(EosError) in try body(IterateScalars(address)) }
    }

    @inline(__always)
    private func beginTrial(_ step: Double, _ function: String) throws(EosError) {
        guard step > 0, step.isFinite else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(iterate.iteration): the policy's \(function) gave the step \(step); "
                    + "steps must be positive and finite")
        }
        guard trial.index < Self.mostTrials else {
            throw EosError(
                EOS_E_PLUGIN,
                "iteration \(iterate.iteration): the policy asked for more than \(Self.mostTrials) trials in one search"
            )
        }
        trial.index += 1
        trial.step = step
        trial.value = .nan
        trial.slope = .nan
        trial.finite = 0
        evaluations.trial = nextEvaluation()
        if !usesRay { formTrialPoint(step) }
        phase = .trying
    }

    @inline(__always)
    func formTrialPoint(_ step: Double) {
        if history == nil {
            space.move(x.pointer, by: -step, along: gradient.pointer, into: trialPoint.pointer)
        } else {
            space.move(x.pointer, by: step, along: direction!.pointer, into: trialPoint.pointer)
        }
    }

    @inline(__always)
    func setTrial(_ value: Double) {
        trial.value = value
        trial.finite = value.isFinite ? 1 : 0
        if needs.contains(.trialSlope), value.isFinite {
            let slope =
                history == nil
                ? -space.dot(spare.pointer, gradient.pointer) : space.dot(spare.pointer, direction!.pointer)
            trial.slope = slope.isFinite ? slope : .nan
        }
        counts.trials += 1
    }

    @inline(__always)
    func judge(_ value: Double) throws(EosError) {
        setTrial(value)
        if takesEveryTrial {
            accepted = (trial.step, value, .first)
            guard value.isFinite else { throw nonFinite("the value is \(value)") }
            return try commit()
        }
        switch try withScalars({ iterate throws(EosError) in try policy.judge(iterate, trial) }) {
        case .tryStep(let step):
            tried.append(
                Tried(step: trial.step, value: value, slope: trial.slope, evaluation: evaluations.trial))
            try beginTrial(step, "judge")
        case .accept(let step, let reason):
            try accept(step, reason)
        }
    }

    /// Goes to x + step d: its value is that of a trial, or is asked for now.
    func accept(_ step: Double, _ reason: StepReason) throws(EosError) {
        accepted = (step, .nan, reason)
        // The gradient of the last trial is there already where it was evaluated with its value.
        var gradientIsThere = trialWant & EOS_WANT_GRADIENT != 0
        if step == trial.step {
            accepted.value = trial.value
        } else if let earlier = tried.last(where: { $0.step == step }) {
            accepted.value = earlier.value
            gradientIsThere = false
            evaluations.trial = earlier.evaluation
            trial.step = step
            trial.value = earlier.value
            trial.slope = earlier.slope
            trial.finite = earlier.value.isFinite ? 1 : 0
            formTrialPoint(step)
        } else {
            try beginTrial(step, "judge")
            phase = .safeguarding
            return
        }
        guard accepted.value.isFinite else {
            throw reason == .safeguard ? hopeless() : nonFinite("the value is \(accepted.value)")
        }
        try withScalars { iterate throws(EosError) in try policy.accepted(iterate, trial) }
        if gradientIsThere { return try commit() }
        if usesRay { formTrialPoint(step) }
        phase = .descending
    }

    /// The gradient at the accepted point is in `spare`: makes that point the iterate.
    @inline(__always)
    func commit() throws(EosError) {
        let step = accepted.step
        swap(&gradient, &spare)
        let norm2: Double
        if history == nil, needs.contains(.secant) {
            let sums = space.secant(gradient.pointer, previous: spare.pointer)
            norm2 = sums.norm2
            // dx = -t g_before.
            iterate.dx_dg = -step * sums.previousDotChange
            iterate.dg_norm2 = sums.changeNorm2
            iterate.dx_norm2 = step * step * iterate.direction_norm2
        } else {
            norm2 = space.norm2(gradient.pointer)
        }
        let norm = space.norm(gradient.pointer, square: norm2)
        guard norm.isFinite else {
            swap(&gradient, &spare)
            throw nonFinite(gradientFault(spare))
        }
        if history == nil, needs.contains(.secant) { completeSecant(norm) }
        let length = step * iterate.direction_norm
        if let history { try record(in: history) }
        noteProgress(value: accepted.value, gradientNorm: norm)
        exchangePoints()
        iterate.iteration += 1
        iterate.last_step = step
        lastSearch = (counts.trials, accepted.reason)
        evaluations.iterate = evaluations.trial
        if accepted.reason == .safeguard { counts.failures += 1 }
        setIterate(value: accepted.value, norm2: norm2, norm: norm)
        try finishIterate(updateLength: length)
    }

    /// The norms that go with the scalars of the secant, and these again where squares leave the range of a double.
    @inline(__always)
    private func completeSecant(_ norm: Double) {
        iterate.dx_norm = accepted.step * iterate.direction_norm
        iterate.dg_norm = iterate.dg_norm2.squareRoot()
        let isInRange =
            isOrdinary(square: iterate.dx_norm2) && isOrdinary(square: iterate.direction_norm2)
            && (space.type == .f32 || isOrdinary(square: iterate.dg_norm2))
        if !isInRange { rescaleSecant(max(norm, iterate.direction_norm)) }
    }

    @inline(never)
    private func rescaleSecant(_ norm: Double) {
        iterate.dx_norm2 = iterate.dx_norm * iterate.dx_norm
        if space.type == .f32 { return }
        let sums = space.scaledSecant(gradient.pointer, previous: spare.pointer, largest: norm)
        iterate.dg_norm = sums.changeNorm2.squareRoot() / sums.factor
        iterate.dg_norm2 = iterate.dg_norm * iterate.dg_norm
        iterate.dx_dg = -(accepted.step / sums.factor * sums.previousDotChange) / sums.factor
    }

    /// What is wrong with a gradient whose norm is not finite.
    private func gradientFault(_ gradient: Vector) -> String {
        space.largest(gradient.pointer).isFinite
            ? "the gradient is finite, but its norm is above the largest double," : "the gradient is not finite"
    }

    /// The trial point becomes x; the old x becomes the best point if it is that and no longer the current one.
    @inline(__always)
    private func exchangePoints() {
        let improves = accepted.value <= iterate.best_value
        if bestIsCurrent, !improves { swap(&x, &bestPoint) }
        swap(&x, &trialPoint)
        bestIsCurrent = improves
        if improves {
            iterate.best_value = accepted.value
            bestIteration = Int(iterate.iteration) + 1
        }
    }

    @inline(__always)
    private func setIterate(value: Double, norm2: Double, norm: Double) {
        iterate.value = value
        iterate.gradient_norm2 = norm2
        iterate.gradient_norm = norm
        iterate.direction_norm2 = history == nil ? norm2 : .nan
        iterate.direction_norm = history == nil ? norm : .nan
        iterate.point_norm = .nan
        iterate.slope = history == nil ? -norm2 : .nan
        iterate.curvature = .nan
        iterate.direction_curvature = .nan
        iterate.sharpness = .nan
    }

    func arriveAtStart(_ value: Double) throws(EosError) {
        guard value.isFinite else { throw nonFinite("the value is \(value)") }
        let norm2 = space.norm2(gradient.pointer)
        let norm = space.norm(gradient.pointer, square: norm2)
        guard norm.isFinite else { throw nonFinite(gradientFault(gradient)) }
        iterate.best_value = value
        firstGradientNorm = norm
        setIterate(value: value, norm2: norm2, norm: norm)
        if needs.contains(.secant) || history != nil { iterate.point_norm = space.norm(x.pointer) }
        try history?.begin(gradient, norm: norm, pointNorm: iterate.point_norm)
        try finishIterate(updateLength: .infinity)
    }

    /// Value and gradient are there: measures the sharpness if it is due, then the iterate is complete.
    @inline(__always)
    private func finishIterate(updateLength: Double) throws(EosError) {
        lastUpdate = updateLength
        if limits.measures, isMeasurementDue { try probe() } else { try arrive() }
    }

    private var isMeasurementDue: Bool {
        needs.contains(.sharpness) || Int(iterate.iteration) % settings.sharpnessEvery == 0
    }

    /// The iterate is complete.
    @inline(__always)
    func arrive() throws(EosError) {
        phase = .arrived
        arrivals += 1
        stop = stopRule()
        if stop != EOS_STOP_NONE || observer != nil || iterate.value < iterate.value_lower_bound { try announce() }
    }

    /// What is rarely there to do once an iterate is complete.
    @inline(never)
    private func announce() throws(EosError) {
        if stop != EOS_STOP_NONE { settleBest() }
        if iterate.value < iterate.value_lower_bound { warnOfBound() }
        if observer != nil, iterate.iteration >= firstObserved || stop != EOS_STOP_NONE || isAttentionRequested {
            callObserver()
        }
        if stop == EOS_STOP_NO_STEP { throw noStep() }
    }

    /// The iterate that a limit of gradient or step was waiting for is the best one, where rounding alone can have made its
    /// value larger than the smallest.
    private func settleBest() {
        guard stop == EOS_STOP_GRADIENT || stop == EOS_STOP_STEP, !bestIsCurrent,
            iterate.value <= iterate.best_value + rounding(of: iterate.best_value)
        else { return }
        bestIsCurrent = true
        iterate.best_value = iterate.value
        bestIteration = Int(iterate.iteration)
    }
}
