import CEos
import EosCore
import EosRuns

/// What a run recorded, iterate by iterate: as arrays, because a run may have millions of them.
///
/// Steps, trials and reasons are those of the search that *starts* at an iterate w_k: w_{k+1} = w_k - step[k] g_k.
public struct Trajectory: Sendable {
    /// loss[k] at iterate k, the starting point first.
    public let loss: [Double]
    public let gradientNorm: [Double]
    /// One fewer than there are iterates, as are `trials` and `reason`.
    public let step: [Double]
    public let trials: [Int32]
    public let reason: [StepReason]
    /// Where the leading eigenvalue of the Hessian was measured, in order.
    public let sharpness: [Measurement]
    public struct Measurement: Sendable, Equatable {
        public let iteration: Int
        public let value: Double
        public let converged: Bool

        public init(iteration: Int, value: Double, converged: Bool = true) {
            self.iteration = iteration
            self.value = value
            self.converged = converged
        }
    }

    /// Iterations made; iterates are one more.
    public var iterations: Int { step.count }

    public init(
        loss: [Double], gradientNorm: [Double], step: [Double], trials: [Int32], reason: [StepReason],
        sharpness: [Measurement]
    ) {
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.step = step
        self.trials = trials
        self.reason = reason
        self.sharpness = sharpness
    }

    /// The same with other measurements of the sharpness.
    public func with(sharpness: [Measurement]) -> Trajectory {
        Trajectory(
            loss: loss, gradientNorm: gradientNorm, step: step, trials: trials, reason: reason, sharpness: sharpness)
    }

    /// Reads the records of a run.
    ///
    /// - Throws: `EOS_E_STATE` where nothing was recorded yet or where iterates are missing, as after records were lost.
    public init(_ directory: RunDirectory) throws(EosError) {
        let database = try RunDatabase.open(directory, readOnly: true)
        var loss: [Double] = []
        var norms: [Double] = []
        var steps: [Double] = []
        var trials: [Int32] = []
        var reasons: [StepReason] = []
        var sharpness: [Measurement] = []
        var missing: Int?
        try database.forEachIterate { iterate, probes in
            if iterate.iteration != loss.count, missing == nil { missing = loss.count }
            loss.append(iterate[.loss] ?? .nan)
            norms.append(iterate[.gradientNorm] ?? .nan)
            if iterate.iteration > 0 {
                steps.append(iterate[.step] ?? .nan)
                trials.append(Int32(clamping: iterate.count(.trials)))
                reasons.append(StepReason(rawValue: Int32(clamping: iterate.count(.reason))) ?? .first)
            }
            if let probe = probes.first(where: { $0.name == ProbeRecord.sharpness(0) }) {
                sharpness.append(
                    Measurement(iteration: iterate.iteration, value: probe.value ?? .nan, converged: probe.converged))
            }
        }
        guard !loss.isEmpty else {
            throw EosError(
                EOS_E_STATE, "\(directory.path): no iterate is recorded yet; wait for the first records")
        }
        if let missing {
            throw EosError(
                EOS_E_STATE,
                "\(directory.path): the records lack iteration \(missing), as with telemetry.every above 1 or after a "
                    + "disk failure; train the spec again with telemetry.every = 1 to analyse it")
        }
        self.init(
            loss: loss, gradientNorm: norms, step: steps, trials: trials, reason: reasons, sharpness: sharpness)
    }
}
