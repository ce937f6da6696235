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
        guard phase != .starting, !hasFailed else { return nil }
        let state = try objective.save()
        let here = try space.makeVector()
        let value = try objective.evaluate(at: UnsafeRawPointer(x.pointer), gradient: here.pointer)
        try here.requireWhole("the gradient")
        if let state { try load(state, into: objective) }
        let isSame =
            value.bitPattern == iterate.value.bitPattern
            && memcmp(here.pointer, gradient.pointer, space.bytes) == 0
        if isSame { return nil }
        let saved = iterate.value
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
        try policy.reset()
        let step = iterate.last_step
        clearIterate()
        iterate.last_step = step
        phase = .starting
        bestIsCurrent = true
        bestIteration = Int(iterate.iteration)
        tried.removeAll()
        history = history.map { History(space, limit: $0.limit) }
        factors = []
        difference = nil
        eigenvalues = nil
        isSampling = false
        warmVectors = []
        sharpness = Sharpness()
        lastUpdate = .infinity
        relativeChange = .infinity
        stall = Stall()
        stop = Int32(EOS_STOP_NONE)
        isAsked = false
        arrivals = 0
        evaluations.iterate = nextEvaluation()
    }
}
