import EosCore

extension PhaseAnalysis {
    /// The phases of a run.
    ///
    /// - Parameter every: measure the sharpness every so many iterations, going through the run once more; nil: take
    ///   what was recorded.
    /// - Throws: `EOS_E_UNSUPPORTED` for a run along other directions than -g.
    public init(
        _ run: AnalysedRun, measuringEvery every: Int? = nil, thresholds: Thresholds = Thresholds()
    ) throws(EosError) {
        try run.requireSteepestDescent(for: "phases")
        var trajectory = run.trajectory
        let objective: any Objective
        if let every {
            let replay = try run.makeReplay()
            objective = replay.objective
            trajectory = try Self.measured(replay, every, tolerance: run.spec.probes.sharpnessTolerance)
        } else {
            objective = try run.makeObjective()
        }
        self.init(
            trajectory, sharpnessBound: objective.description.sharpness_lower_bound,
            endsNonFinite: try run.endsNonFinite(), thresholds: thresholds)
    }

    private static func measured(
        _ replay: Replay, _ every: Int, tolerance: Double
    ) throws(EosError) -> Trajectory {
        var sharpness: [Trajectory.Measurement] = []
        let options = LeadingEigenvalues.Options(tolerance: tolerance)
        // From the vectors of the measurement before, as training does.
        var start: [Vector] = []
        try replay.forEach { (iterate) throws(EosError) in
            guard iterate.iteration % every == 0 else { return true }
            let process = try ObjectiveCurvature(replay.objective, at: iterate.point).leading(options, start: start)
            start = try process.warmVectors()
            if let pair = process.pairs.first {
                sharpness.append(
                    Trajectory.Measurement(
                        iteration: iterate.iteration, value: pair.value, converged: pair.converged))
            }
            return true
        }
        return replay.trajectory.with(sharpness: sharpness)
    }
}
