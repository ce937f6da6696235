import CEos

extension Trainer {
    /// Where a training stands between two requests: all that is saved, and nothing else. The policy and the objective
    /// save what is theirs.
    ///
    /// `Trainer.describe` names each field once, to write it and to read it.
    struct State {
        // Points: exchanged, never copied.
        var x: Vector
        var gradient: Vector
        /// The best point, where that is not `x` itself.
        var bestPoint: Vector
        var bestIsCurrent = true
        var bestIteration = 0

        var phase = Phase.starting
        var stop = StopReason.none
        /// What went wrong, where `stop` is an error.
        var failure: EosError?

        var iterate = eos_iterate()
        var trial = eos_trial()
        /// Trials of the search under way before `trial`.
        var tried: [Tried] = []
        var accepted = Accepted()
        var counts = Counts()
        /// |x - x_before|.
        var lastUpdate = Double.infinity
        /// |f - f_before|/max(|f|, |f_before|).
        var relativeChange = Double.infinity
        /// At the starting point.
        var firstGradientNorm = Double.nan
        var stall = Stall()
        var stopwatch = Stopwatch()

        var sharpness = Sharpness()
        /// What the next measurement starts from.
        var warmVectors: [Vector] = []
        /// Past steps and the direction made of them, where the policy directs.
        var history: History?
    }

    /// A trial that was not accepted at once.
    struct Tried {
        let step: Double
        let value: Double
        let slope: Double
    }

    /// How the last search ended.
    struct Accepted {
        var step = Double.nan
        var value = Double.nan
        var reason = StepReason.first
    }

    struct Counts {
        var values = 0
        var gradients = 0
        var products = 0
        var failures = 0
        /// Of the last search.
        var trials = 0
    }

    /// The last measurement.
    struct Sharpness {
        var pairs: [LeadingEigenvalues.Pair] = []
        var iteration = -1
    }
}

extension Trainer.State {
    /// At a starting point that is not known yet.
    ///
    /// - Parameter flags: `EOS_ITERATE_*` beyond that of the type.
    init(
        _ space: HostSpace, _ description: eos_objective_description, flags: Int, history: History?
    ) throws(EosError) {
        x = try space.makeVector()
        gradient = try space.makeVector()
        bestPoint = try space.makeVector()
        self.history = history
        iterate.struct_size = UInt32(MemoryLayout<eos_iterate>.size)
        iterate.flags = UInt32(flags | (space.type == .f32 ? EOS_ITERATE_F32 : 0))
        iterate.value_lower_bound = description.value_lower_bound
        iterate.sharpness_bound = description.sharpness_lower_bound
        iterate.value_accuracy = description.value_accuracy
        trial.struct_size = UInt32(MemoryLayout<eos_trial>.size)
        trial.slope = .nan
        clearIterate()
    }

    /// The scalars that are unknown until they are computed.
    mutating func clearIterate() {
        iterate.value = .nan
        iterate.best_value = .nan
        iterate.slope = .nan
        iterate.gradient_norm2 = .nan
        iterate.direction_norm2 = .nan
        iterate.last_step = .nan
        iterate.dx_dg = .nan
        iterate.dg_norm2 = .nan
        iterate.dx_norm2 = .nan
        iterate.curvature = .nan
        iterate.sharpness = .nan
        iterate.gradient_norm = .nan
        iterate.direction_norm = .nan
        iterate.dx_norm = .nan
        iterate.dg_norm = .nan
        iterate.point_norm = .nan
        iterate.direction_curvature = .nan
    }

    /// Those of the iterate that change, in the order in which they are saved.
    static var scalars: [WritableKeyPath<eos_iterate, Double>] {
        [
            \.value, \.best_value, \.slope, \.gradient_norm2, \.direction_norm2, \.last_step, \.dx_dg, \.dg_norm2,
            \.dx_norm2, \.curvature, \.sharpness, \.gradient_norm, \.direction_norm, \.dx_norm, \.dg_norm, \.point_norm,
            \.direction_curvature,
        ]
    }

    /// Whether it stopped for a reason that is an error.
    var hasFailed: Bool { stop.isFailure }

    var seconds: Double {
        get { stopwatch.seconds }
        set { stopwatch.set(newValue) }
    }

    /// Goes over to a phase in which nothing lives.
    @inline(__always)
    mutating func enter(_ next: Trainer.Phase) {
        switch phase {
        case .measuring, .curving:
            phase = next
        case .starting, .arrived, .trying, .safeguarding, .descending:
            // As in every iteration: nothing is there that would have to be released.
            withUnsafeMutablePointer(to: &phase) { $0.initialize(to: next) }
        }
    }

    /// The iterate at a new point, before its direction is known unless that is -g.
    @inline(__always)
    mutating func setIterate(value: Double, norm2: Double, norm: Double) {
        iterate.value = value
        iterate.gradient_norm2 = norm2
        iterate.gradient_norm = norm
        iterate.direction_norm2 = history == nil ? norm2 : .nan
        iterate.direction_norm = history == nil ? norm : .nan
        iterate.point_norm = .nan
        iterate.slope = history == nil ? -norm2 : .nan
        iterate.curvature = .nan
        iterate.direction_curvature = .nan
        iterate.sharpness = .nan
    }

    /// The trial point becomes x; the old x becomes the best point if it is that and no longer the current one.
    @inline(__always)
    mutating func exchange(_ trialPoint: inout Vector) {
        let improves = accepted.value <= iterate.best_value
        if bestIsCurrent, !improves { swap(&x, &bestPoint) }
        swap(&x, &trialPoint)
        bestIsCurrent = improves
        if improves {
            iterate.best_value = accepted.value
            bestIteration = Int(iterate.iteration) + 1
        }
    }
}
