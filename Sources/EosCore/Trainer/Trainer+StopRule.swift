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
    func stopRule() -> StopReason {
        if state.iterate.value < limits.loss { return .loss }
        if state.iterate.gradient_norm < limits.gradientNorm { return .gradient }
        if state.lastUpdate < limits.step { return .step }
        let isOrdinary =
            state.stall.stop == .none && !limits.areMore && state.iterate.iteration < limits.iterations
        return isOrdinary ? .none : rareStop()
    }

    @inline(never)
    private func rareStop() -> StopReason {
        if state.stall.stop != .none { return state.stall.stop }
        if settings.hasRelativeLimits, let stop = relativeStop() { return stop }
        if state.iterate.iteration >= settings.iterations { return .iterations }
        return budgetStop()
    }

    /// Relative limits hold from the first step on.
    private func relativeStop() -> StopReason? {
        if state.iterate.iteration == 0 { return nil }
        if state.iterate.gradient_norm <= settings.relativeGradient * state.firstGradientNorm {
            return .gradient
        }
        let rests =
            settings.relativeLoss > 0 && state.relativeChange <= settings.relativeLoss
            || settings.relativeStep > 0 && state.lastUpdate <= settings.relativeStep * space.norm(state.x.pointer)
        return rests ? .noProgress : nil
    }

    /// Budgets end a search too: the iterate that it started from stays the current one.
    @inline(__always)
    func checkBudgetWithinSearch() { state.stop = budgetStop() }

    @inline(__always)
    private func budgetStop() -> StopReason {
        if settings.evaluations > 0, state.counts.values >= settings.evaluations { return .evaluations }
        if settings.seconds > 0, state.stopwatch.seconds >= settings.seconds { return .seconds }
        return .none
    }
}
