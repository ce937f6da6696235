import CEos

extension Trainer {
    /// The first limit of the settings that the complete iterate reaches.
    @inline(__always)
    func stopRule() -> Int32 {
        if iterate.value < lossLimit { return Int32(EOS_STOP_LOSS) }
        // Where the gradient is exactly zero there is nothing to follow, whatever the limit.
        if iterate.gradient_norm2.squareRoot() < settings.gradientNorm || iterate.gradient_norm2 == 0 {
            return Int32(EOS_STOP_GRADIENT)
        }
        if lastUpdate < settings.step { return Int32(EOS_STOP_STEP) }
        if iterate.iteration >= settings.iterations { return Int32(EOS_STOP_ITERATIONS) }
        return budgetStop()
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
