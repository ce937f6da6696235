import EosCore

/// A network that trains for about a second, with every probe on and as many checkpoints as the disk takes.
public struct SmallRun: Sendable, Hashable, CustomStringConvertible {
    public let policy: String
    public let dtype: String
    public var iterations = 1500

    public init(policy: String, dtype: String = "f64", iterations: Int = 1500) {
        self.policy = policy
        self.dtype = dtype
        self.iterations = iterations
    }

    public static let all = BuiltInPolicies.all.flatMap { kind in
        // In single precision lbfgs comes to where rounding hides all progress.
        let iterations = kind.id == "lbfgs" ? 600 : 1500
        return [SmallRun(policy: kind.id, dtype: "f32", iterations: iterations), SmallRun(policy: kind.id)]
    }

    public var description: String { "\(policy) \(dtype)" }

    public var spec: String {
        """
        [objective]
        plugin = "mlp"
        layers = [16, 12, 10]
        activation = "tanh"
        dtype = "\(dtype)"
        seed = 3
        [objective.data]
        generator = "clusters"
        train = 200
        test = 50
        [policy]
        name = "\(policy)"
        \(settings)
        [stop]
        iterations = \(iterations)
        gradient_norm = 0
        [probes.sharpness]
        every = 50
        [probes.metrics]
        every = 10
        [checkpoint]
        every_seconds = 0.02
        [restart]
        limit = 1000
        delay = 0
        [compute]
        threads = 1
        """
    }

    private var settings: String {
        switch policy {
        case "constant": "step = 0.5"
        case "schedule": "kind = \"cosine\"\nstep = 0.5\niterations = \(iterations)"
        default: ""
        }
    }
}
