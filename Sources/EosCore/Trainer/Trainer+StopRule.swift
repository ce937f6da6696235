import CEos

extension Trainer {
    /// The first limit of the settings that the complete iterate reaches.
    @inline(__always)
    func stopRule() -> Int32 {
        if iterate.value < lossLimit { return Int32(EOS_STOP_LOSS) }
        // Where the gradient is exactly zero there is nothing to follow, whatever the limit.
        let norm = iterate.gradient_norm
        if norm < settings.gradientNorm || norm == 0 { return Int32(EOS_STOP_GRADIENT) }
        if lastUpdate < settings.step { return Int32(EOS_STOP_STEP) }
        if stall.stop != EOS_STOP_NONE { return stall.stop }
        if settings.hasRelativeLimits, let stop = relativeStop() { return stop }
        if iterate.iteration >= settings.iterations { return Int32(EOS_STOP_ITERATIONS) }
        return budgetStop()
    }

    /// Relative limits hold from the first step on.
    @inline(never)
    private func relativeStop() -> Int32? {
        if iterate.iteration == 0 { return nil }
        if iterate.gradient_norm <= settings.relativeGradient * firstGradientNorm { return Int32(EOS_STOP_GRADIENT) }
        let rests =
            settings.relativeLoss > 0 && relativeChange <= settings.relativeLoss
            || settings.relativeStep > 0 && lastUpdate <= settings.relativeStep * space.norm(x.pointer)
        return rests ? Int32(EOS_STOP_NO_PROGRESS) : nil
    }

    /// Budgets end a search too: the iterate that it started from stays the current one.
    @inline(__always)
    func checkBudgetWithinSearch() { stop = budgetStop() }

    @inline(__always)
    private func budgetStop() -> Int32 {
        if settings.evaluations > 0, counts.values >= settings.evaluations { return Int32(EOS_STOP_EVALUATIONS) }
        if settings.seconds > 0, stopwatch.seconds >= settings.seconds { return Int32(EOS_STOP_SECONDS) }
        return Int32(EOS_STOP_NONE)
    }
}
