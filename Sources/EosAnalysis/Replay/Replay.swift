import CEos
import EosCore

/// A run gone through once more, for what was not recorded of it: every iterate w_k and its gradient g_k.
///
/// Runs are deterministic, so the steps that were recorded lead to the same points. Each loss is held against the
/// recorded one; the first that differs ends the replay, because nothing that follows would be the run.
public struct Replay {
    public let objective: any Objective
    public let trajectory: Trajectory
    private let seed: UInt64
    private let policy: any Policy

    /// An iterate; its pointers are lent until the next one, to `objective.space.count` elements each.
    public struct Iterate {
        public let iteration: Int
        /// w_k.
        public let point: UnsafeRawPointer
        /// grad f(w_k).
        public let gradient: UnsafeRawPointer
        /// f(w_k).
        public let loss: Double
        /// The step taken from here; nil at the last iterate.
        public let step: Double?
    }

    /// - Parameters:
    ///   - seed: of the run's starting point.
    ///   - policy: the run's.
    /// - Throws: `EOS_E_UNSUPPORTED` for an objective that is not deterministic.
    public init(_ trajectory: Trajectory, objective: any Objective, seed: UInt64, policy: any Policy) throws(EosError) {
        guard objective.description.flags & UInt32(EOS_OBJECTIVE_DETERMINISTIC) != 0 else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the objective is not declared deterministic, so the run can't be replayed; set "
                    + "EOS_OBJECTIVE_DETERMINISTIC in its description if it is")
        }
        self.objective = objective
        self.trajectory = trajectory
        self.seed = seed
        self.policy = policy
    }

    /// Gives every iterate in order, the starting point first, until `body` returns false.
    ///
    /// - Throws: `EOS_E_STATE` where the replay parts from the record.
    public func forEach(_ body: (Iterate) throws(EosError) -> Bool) throws(EosError) {
        var settings = Configuration()
        settings["seed"] = .integer(Int64(bitPattern: seed))
        settings["stop.iterations"] = .integer(Int64(trajectory.iterations))
        settings["stop.loss"] = .number(-.infinity)
        settings["stop.gradient_norm"] = .number(0)
        let trainer = try Trainer(
            objective: objective, policy: RecordedSteps(steps: trajectory.step, policy: policy),
            settings: try TrainerSettings(settings))
        trainer.givesUp = false
        var failure: EosError?
        // The observer does not outlive this call.
        try withoutActuallyEscaping(body) { (body) throws(EosError) in
            trainer.observer = { [unowned trainer] progress in
                let current = trainer.current
                do throws(EosError) {
                    try compare(current)
                    let step = current.iteration < trajectory.iterations ? trajectory.step[current.iteration] : nil
                    return try !body(
                        Iterate(
                            iteration: current.iteration, point: current.x, gradient: trainer.currentGradient,
                            loss: current.value, step: step))
                } catch {
                    failure = error
                    return true
                }
            }
            defer { trainer.observer = nil }
            try trainer.run(objective)
        }
        if let failure { throw failure }
    }

    /// Differences of losses, relative to the larger one, that another processor or library may cause before the
    /// trajectories part.
    private var tolerance: Double { objective.space.type == .f32 ? 1e-3 : 1e-6 }

    private func compare(_ current: Trainer.Point) throws(EosError) {
        let recorded = trajectory.loss[current.iteration]
        let difference = abs(current.value - recorded)
        // A loss of zero is zero but for the rounding of what it is the sum of.
        guard difference > max(tolerance * max(abs(recorded), abs(current.value)), 1e-300) else { return }
        throw EosError(
            EOS_E_STATE,
            "the replayed run differs from its records at iteration \(current.iteration): the loss is "
                + "\(current.value), but \(recorded) was recorded; its plugin, data or libraries have changed, so "
                + "train the spec again to analyse it")
    }
}
