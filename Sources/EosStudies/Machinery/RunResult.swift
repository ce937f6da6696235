import EosCore
import EosRunModel
import EosRuns

/// What a training recorded. Index k of `losses` is the iterate k, of `steps` and `trials` the search that begins there.
public struct RunResult: Sendable {
    public struct Measurement: Sendable, Equatable {
        public let iteration: Int
        public let value: Double
    }

    public let key: String
    public let directory: RunDirectory
    /// It ended because a loss or gradient was not finite; what was recorded is from before that.
    public let diverged: Bool
    /// Why it ended, in words.
    public let reason: String
    public private(set) var losses: [Double] = []
    public private(set) var gradientNorms: [Double] = []
    /// One less than losses.
    public private(set) var steps: [Double] = []
    public private(set) var trials: [Int] = []
    /// Wall time of the training.
    public private(set) var seconds = 0.0
    public private(set) var valueEvaluations = 0
    public private(set) var gradientEvaluations = 0
    public private(set) var curvatureProducts = 0
    private var probes: [String: [Measurement]] = [:]

    init(_ key: String, _ directory: RunDirectory, diverged: Bool, reason: String) throws(EosError) {
        self.key = key
        self.directory = directory
        self.diverged = diverged
        self.reason = reason
        var losses: [Double] = []
        var norms: [Double] = []
        var steps: [Double] = []
        var trials: [Int] = []
        var measured: [String: [Measurement]] = [:]
        var last = RunNumbers()
        try RunDatabase.open(directory, readOnly: true).forEachIterate { iterate, probes in
            losses.append(iterate[.loss] ?? .nan)
            norms.append(iterate[.gradientNorm] ?? .nan)
            if iterate.iteration > 0 {
                steps.append(iterate[.step] ?? .nan)
                trials.append(iterate.count(.trials))
            }
            for probe in probes {
                measured[probe.name, default: []].append(
                    Measurement(iteration: iterate.iteration, value: probe.value ?? .nan))
            }
            last = iterate
        }
        self.losses = losses
        gradientNorms = norms
        self.steps = steps
        self.trials = trials
        probes = measured
        seconds = last[.seconds] ?? 0
        valueEvaluations = last.count(.valueEvaluations)
        gradientEvaluations = last.count(.gradientEvaluations)
        curvatureProducts = last.count(.curvatureProducts)
    }

    public var iterations: Int { steps.count }
    public var initialLoss: Double { losses.first ?? .nan }
    public var lastLoss: Double { losses.last ?? .nan }
    public var bestLoss: Double { losses.min() ?? .nan }

    /// The leading eigenvalue of the Hessian where it was measured.
    public var sharpness: [Measurement] { measurements("sharpness") }

    /// A probe (`sharpness.2`) or a metric of the objective (`test_accuracy`).
    public func measurements(_ name: String) -> [Measurement] { probes[name] ?? [] }

    /// NaN: it was never measured.
    public func last(_ name: String) -> Double { measurements(name).last?.value ?? .nan }

    /// eta_k lambda_1(H(w_k)): the step that starts at an iterate times the sharpness there. The edge of stability is 2.
    public var stepSharpness: [Measurement] {
        sharpness.filter { $0.iteration < steps.count }.map {
            Measurement(iteration: $0.iteration, value: steps[$0.iteration] * $0.value)
        }
    }

    /// Share of the measured iterations with step*sharpness above `limit`; NaN: it was never measured.
    public func share(stepSharpnessAbove limit: Double) -> Double {
        let products = stepSharpness
        return Double(products.count { $0.value > limit }) / Double(products.count)
    }

    /// Share of iterations that end at a larger loss than they began with.
    public var risingShare: Double {
        Double(zip(losses, losses.dropFirst()).count { $1 > $0 }) / Double(steps.count)
    }

    /// Iterations until the loss is at most `limit`; nil: it never is.
    public func iterations(toLoss limit: Double) -> Int? { losses.firstIndex { $0 <= limit } }
}
