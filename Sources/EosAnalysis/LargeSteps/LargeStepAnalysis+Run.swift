import CEos
import EosCore

extension LargeStepAnalysis {
    /// What is sampled.
    public struct Options: Sendable {
        /// The iterations to look at, ascending.
        public var times: [Int]
        /// Samples on the segment of each step.
        public var points: Int
        public var tolerance: Double

        /// - Parameter tolerance: of the sharpness.
        public init(times: [Int], points: Int = SegmentSmoothness.leastPoints, tolerance: Double = 1e-3) {
            self.times = times
            self.points = points
            self.tolerance = tolerance
        }
    }

    /// Goes through a run once more and measures at some of its iterates.
    ///
    /// - Parameter progress: hears of each sample: how many there are and how many will be.
    /// - Throws: `EOS_E_STATE` for a run without a step, `EOS_E_UNSUPPORTED` for one along other directions; what the replay throws.
    public init(
        _ run: AnalysedRun, _ options: Options, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(EosError) {
        let trajectory = run.trajectory
        let times = options.times.filter { (0..<trajectory.iterations).contains($0) }
        guard !times.isEmpty else {
            throw EosError(
                EOS_E_STATE, "\(run.directory.path): the run has no steps yet; wait for its first steps")
        }
        try run.requireSteepestDescent(for: "large steps")
        let shrink = run.policyNumber("shrink") ?? 0.5
        let decrease = run.policyNumber("c") ?? 1e-4
        let replay = try run.makeReplay()
        let smoothness = try SegmentSmoothness(replay.objective, points: options.points)
        let measured = Dictionary(trajectory.sharpness.map { ($0.iteration, $0.value) }) { $1 }
        var samples: [Sample] = []
        var next = 0
        try replay.forEach { (iterate) throws(EosError) in
            guard iterate.iteration == times[next], let step = iterate.step else { return true }
            let segments = try smoothness.measure(
                at: iterate.point, gradient: iterate.gradient, lengths: [step, step / shrink])
            let recorded = measured[iterate.iteration]
            let sharpness =
                if let recorded { recorded } else {
                    try Self.sharpness(replay.objective, iterate, options)
                }
            let norm2 = replay.objective.space.norm2(iterate.gradient)
            let far = segments[1]
            // A value is known to its rounding only, as the searches know too.
            let reference = iterate.loss + 4 * replay.objective.description.value_accuracy * abs(iterate.loss)
            samples.append(
                Sample(
                    iteration: iterate.iteration, step: step, smoothness: segments[0].smoothness,
                    neighbourSmoothness: far.smoothness,
                    neighbourFails: !(far.value <= reference - decrease * far.length * norm2),
                    neighbourWasRejected: Self.wasRejected(run, iterate.iteration) ?? false, sharpness: sharpness))
            next += 1
            progress(next, times.count)
            return next < times.count
        }
        let known = (0..<trajectory.iterations).compactMap { Self.wasRejected(run, $0) }
        self.init(
            samples: samples, shrink: shrink, decrease: decrease,
            rejectedShare: known.isEmpty ? nil : Double(known.count { $0 }) / Double(known.count))
    }

    private static func wasRejected(_ run: AnalysedRun, _ iteration: Int) -> Bool? {
        RejectedNeighbour.isThere(
            run.spec.policyName, reason: run.trajectory.reason[iteration], trials: run.trajectory.trials[iteration])
    }

    private static func sharpness(
        _ objective: any Objective, _ iterate: Replay.Iterate, _ options: Options
    ) throws(EosError) -> Double {
        try ObjectiveCurvature(objective, at: iterate.point)
            .leading(LeadingEigenvalues.Options(tolerance: options.tolerance)).pairs.first?.value ?? .nan
    }
}
