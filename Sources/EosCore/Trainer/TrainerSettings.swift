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
        Parameter("seed", .integer, default: "0", range: 0...0x1p63, "of the starting point"),
        Parameter("stop.iterations", .integer, default: "1000", range: 0...0x1p62, "iterations allowed"),
        Parameter(
            "stop.loss", .number, default: "auto", flags: .auto,
            "stop below this loss; auto: 1e-8 for an objective that is never negative, else none"),
        Parameter(
            "stop.gradient_norm", .number, default: "1e-8", range: 0...Double.infinity,
            "stop below this gradient norm"),
        Parameter(
            "stop.step", .number, default: "0", range: 0...Double.infinity,
            "stop where the last update was shorter than this; 0: no limit"),
        Parameter(
            "stop.relative_loss", .number, default: "0", range: 0...1,
            "stop where the loss changed by at most this share of itself; 0: no limit"),
        Parameter(
            "stop.relative_gradient", .number, default: "0", range: 0...1,
            "stop at this share of the gradient norm at the starting point; 0: no limit"),
        Parameter(
            "stop.relative_step", .number, default: "0", range: 0...1,
            "stop where the last update was at most this share of the norm of the parameters; 0: no limit"),
        Parameter(
            "stop.seconds", .number, default: "0", range: 0...Double.infinity, unit: "s",
            "time allowed; 0: no limit"),
        Parameter(
            "stop.evaluations", .integer, default: "0", range: 0...0x1p62, "value evaluations allowed; 0: no limit"),
        Parameter(
            "stop.stalled", .bool, default: "true",
            "stop where searches find no acceptable step, or rounding hides what they bring; false: go on"),
        Parameter(
            "sharpness.every", .integer, default: "0", range: 0...0x1p62,
            "measure the sharpness every so many iterations; 0: never"),
        Parameter("sharpness.count", .integer, default: "1", range: 1...1000, "leading eigenvalues measured"),
        Parameter(
            "sharpness.tolerance", .number, default: "1e-3", range: 1e-14...1,
            "residual of an eigenvalue relative to it"),
        Parameter(
            "sharpness.products", .integer, default: "100", range: 1...0x1p31,
            "Hessian-vector products allowed a measurement"),
        Parameter(
            "load.check", .string, default: "all", choices: LoadCheck.allCases.map(\.rawValue),
            "what a saved state must have in common with the trainer that loads it; live: live keys of the policy may "
                + "differ; none: no more than sizes"),
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
