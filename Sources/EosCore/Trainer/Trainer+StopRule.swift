import CEos

extension Trainer {
    /// What every iterate is held to, read off the settings once.
    struct Limits {
        let loss: Double
        /// Above zero: where the gradient is exactly zero there is nothing to follow, whatever the limit.
        let gradientNorm: Double
        let step: Double
        let iterations: Int
        /// Whether there are more limits than these.
        let areMore: Bool
        /// Whether the sharpness is measured at any iterate.
        let measures: Bool

        init(_ settings: TrainerSettings, _ description: eos_objective_description, _ needs: PolicyNeeds) {
            loss = settings.lossLimit(description)
            gradientNorm = max(settings.gradientNorm, .leastNonzeroMagnitude)
            step = settings.step
            iterations = settings.iterations
            areMore = settings.hasRelativeLimits || settings.evaluations > 0 || settings.seconds > 0
            measures = settings.sharpnessEvery > 0 || needs.contains(.sharpness)
        }
    }

    /// The first limit of the settings that the complete iterate reaches.
    @inline(__always)
    func stopRule() -> Int32 {
        if state.iterate.value < limits.loss { return Int32(EOS_STOP_LOSS) }
        if state.iterate.gradient_norm < limits.gradientNorm { return Int32(EOS_STOP_GRADIENT) }
        if state.lastUpdate < limits.step { return Int32(EOS_STOP_STEP) }
        let isOrdinary =
            state.stall.stop == EOS_STOP_NONE && !limits.areMore && state.iterate.iteration < limits.iterations
        return isOrdinary ? Int32(EOS_STOP_NONE) : rareStop()
    }

    @inline(never)
    private func rareStop() -> Int32 {
        if state.stall.stop != EOS_STOP_NONE { return state.stall.stop }
        if settings.hasRelativeLimits, let stop = relativeStop() { return stop }
        if state.iterate.iteration >= settings.iterations { return Int32(EOS_STOP_ITERATIONS) }
        return budgetStop()
    }

    /// Relative limits hold from the first step on.
    private func relativeStop() -> Int32? {
        if state.iterate.iteration == 0 { return nil }
        if state.iterate.gradient_norm <= settings.relativeGradient * state.firstGradientNorm {
            return Int32(EOS_STOP_GRADIENT)
        }
        let rests =
            settings.relativeLoss > 0 && state.relativeChange <= settings.relativeLoss
            || settings.relativeStep > 0 && state.lastUpdate <= settings.relativeStep * space.norm(state.x.pointer)
        return rests ? Int32(EOS_STOP_NO_PROGRESS) : nil
    }

    /// Budgets end a search too: the iterate that it started from stays the current one.
    @inline(__always)
    func checkBudgetWithinSearch() { state.stop = budgetStop() }

    @inline(__always)
    private func budgetStop() -> Int32 {
        if settings.evaluations > 0, state.counts.values >= settings.evaluations { return Int32(EOS_STOP_EVALUATIONS) }
        if settings.seconds > 0, state.stopwatch.seconds >= settings.seconds { return Int32(EOS_STOP_SECONDS) }
        return Int32(EOS_STOP_NONE)
    }
}
