import CEos

/// When a trainer stops and what it measures on the way.
public struct TrainerSettings: Sendable {
    /// Of the starting point and of random starting vectors.
    public let seed: UInt64
    public let iterations: Int
    /// Stop below this loss; NaN: 1e-8 for an objective that is never negative, else no limit.
    public let loss: Double
    public let gradientNorm: Double
    /// Stop where the last update was shorter than this; 0: no limit.
    public let step: Double
    /// Stop where the value changed by at most this share of itself; 0: no limit.
    public let relativeLoss: Double
    /// Stop at this share of the gradient norm at the starting point; 0: no limit.
    public let relativeGradient: Double
    /// Stop where the last update was at most this share of the length of the iterate; 0: no limit.
    public let relativeStep: Double
    /// 0: no limit.
    public let seconds: Double
    /// Value evaluations; 0: no limit.
    public let evaluations: Int
    /// Whether training ends where it gets nowhere.
    public let stalled: Bool
    /// Measure the sharpness every so many iterations; 0: never.
    public let sharpnessEvery: Int
    public let sharpnessCount: Int
    public let sharpnessTolerance: Double
    public let sharpnessProducts: Int
    /// What a state that is loaded must have in common with the trainer.
    public let loadCheck: LoadCheck

    public static let schema = Schema([
        Parameter("seed", .integer, default: "0", range: 0...0x1p63, "seed of the starting point"),
        Parameter("stop.iterations", .integer, default: "1000", range: 0...0x1p62, "limit of iterations"),
        Parameter(
            "stop.loss", .number, default: "auto", flags: .auto,
            "stop below this loss; auto means 1e-8 for a non-negative objective, and no limit for others"),
        Parameter(
            "stop.gradient_norm", .number, default: "1e-8", range: 0...Double.infinity,
            "stop below this gradient norm"),
        Parameter(
            "stop.step", .number, default: "0", range: 0...Double.infinity,
            "stop if the last update is shorter than this; 0 means no limit"),
        Parameter(
            "stop.relative_loss", .number, default: "0", range: 0...1,
            "stop if the loss changes by at most this share of itself; 0 means no limit"),
        Parameter(
            "stop.relative_gradient", .number, default: "0", range: 0...1,
            "stop if the gradient norm is at most this share of its first value; 0 means no limit"),
        Parameter(
            "stop.relative_step", .number, default: "0", range: 0...1,
            "stop if the last update is at most this share of the norm of the parameters; 0 means no limit"),
        Parameter(
            "stop.seconds", .number, default: "0", range: 0...Double.infinity, unit: "s",
            "time limit; 0 means no limit"),
        Parameter(
            "stop.evaluations", .integer, default: "0", range: 0...0x1p62,
            "limit of value evaluations; 0 means no limit"),
        Parameter(
            "stop.stalled", .bool, default: "true",
            "whether to stop if searches find no acceptable step or if rounding hides all progress"),
        Parameter(
            "sharpness.every", .integer, default: "0", range: 0...0x1p62,
            "number of iterations between measurements of the sharpness; 0 means never"),
        Parameter(
            "sharpness.count", .integer, default: "1", range: 1...1000, "number of leading eigenvalues to measure"),
        Parameter(
            "sharpness.tolerance", .number, default: "1e-3", range: 1e-14...1,
            "largest residual of a converged eigenvalue, relative to the eigenvalue"),
        Parameter(
            "sharpness.products", .integer, default: "100", range: 1...0x1p31,
            "limit of Hessian-vector products per measurement"),
        Parameter(
            "load.check", .string, default: "all", choices: LoadCheck.allCases.map(\.rawValue),
            "what must agree when a state is loaded: all, live (all but the live keys of the policy) or none (sizes "
                + "only)"),
    ])

    /// From values for the keys of `schema`; keys left out take their defaults.
    public init(_ given: Configuration = Configuration()) throws(EosError) {
        let values = try Self.schema.resolve(given, for: "training")
        seed = UInt64(try values.integer("seed"))
        iterations = Int(try values.integer("stop.iterations"))
        loss = try values.number("stop.loss")
        gradientNorm = try values.number("stop.gradient_norm")
        step = try values.number("stop.step")
        relativeLoss = try values.number("stop.relative_loss")
        relativeGradient = try values.number("stop.relative_gradient")
        relativeStep = try values.number("stop.relative_step")
        seconds = try values.number("stop.seconds")
        evaluations = Int(try values.integer("stop.evaluations"))
        stalled = try values.bool("stop.stalled")
        sharpnessEvery = Int(try values.integer("sharpness.every"))
        sharpnessCount = Int(try values.integer("sharpness.count"))
        sharpnessTolerance = try values.number("sharpness.tolerance")
        sharpnessProducts = Int(try values.integer("sharpness.products"))
        loadCheck = LoadCheck(rawValue: try values.string("load.check"))!
    }

    var hasRelativeLimits: Bool { relativeLoss > 0 || relativeGradient > 0 || relativeStep > 0 }

    /// The loss limit for an objective.
    func lossLimit(_ description: eos_objective_description) -> Double {
        if !loss.isNaN { return loss }
        return description.isNonnegative ? 1e-8 : -.infinity
    }
}
