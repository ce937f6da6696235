import CEos
import Glibc

/// Going on with another objective than the one that a state was saved with.
extension Trainer {
    /// Holds the value and the gradient of a state that was loaded against an evaluation of `objective`, bit for bit. Where
    /// they differ, training starts again at the iterate: its value, its gradient and its sharpness are asked for, the
    /// smallest value is that of the iterate, and the policy is in its initial state. Iterations, counts and time go on.
    ///
    /// - Returns: whether they differ. The value that was saved and that of `objective`.
    /// - Throws: what an evaluation that fails says.
    public func adapt(to objective: Objective) throws(EosError) -> (saved: Double, here: Double)? {
        guard !state.phase.isStarting, !hasFailed else { return nil }
        let before = try objective.save()
        let here = try space.makeVector()
        let value = try objective.evaluate(at: UnsafeRawPointer(state.x.pointer), gradient: here.pointer)
        try here.requireWhole("the gradient")
        if let before { try load(before, into: objective) }
        let isSame =
            value.bitPattern == state.iterate.value.bitPattern
            && memcmp(here.pointer, state.gradient.pointer, space.bytes) == 0
        if isSame { return nil }
        let saved = state.iterate.value
        try startAgain()
        return (saved, value)
    }

    private func load(_ state: [UInt8], into objective: Objective) throws(EosError) {
        var failure: EosError?
        state.withUnsafeBytes { bytes in
            do throws(EosError) { try objective.load(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func startAgain() throws(EosError) {
        let history = try state.history.map { history throws(EosError) in try History(space, limit: history.limit) }
        try policy.reset()
        let step = state.iterate.last_step
        state.clearIterate()
        state.iterate.last_step = step
        state.phase = .starting
        state.bestIsCurrent = true
        state.bestIteration = Int(state.iterate.iteration)
        state.tried.removeAll()
        state.history = history
        state.warmVectors = []
        state.sharpness = Sharpness()
        state.lastUpdate = .infinity
        state.relativeChange = .infinity
        state.stall = Stall()
        state.stop = .none
        isAsked = false
        arrivals = 0
        evaluations.iterate = evaluations.next()
    }
}
