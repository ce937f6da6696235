import CEos
import EosCore

/// The regime of a run of gradient descent with a constant step on overparametrised least squares: predicted from the
/// step and the flattest minimum, and measured on the run (MacDonald, Min, Palma, Tarmoun, Xu, Vidal 2025, arXiv
/// 2510.17506).
public struct RegimeAnalysis: Sendable {
    public let prediction: RegimePrediction
    public let measurement: RegimeMeasurement
    public let minimum: FlattestMinimum
    /// Where lambda*, nu and c come from.
    public let origin: Origin
    /// The orbit on the normal line of the flattest minimum near which the run ended; nil where there is none.
    public let orbit: NormalLineOrbit?
    /// Across M, of the last two steps: n' (I - eta H(w_T)) (I - eta H(w_(T-1))) n; nil where the run ended on M.
    public let twoStepMultiplier: Double?

    public enum Origin: String, Sendable {
        /// The objective is a product or an inner product.
        case closedForm = "closed_form"
        /// Searched for and differenced from values and gradients of the objective.
        case computed
    }

    /// The metrics of an objective that tells where a point lies.
    static let metrics = ["distance_to_flattest", "signed_normal_distance", "sharpness_on_minimum"]

    /// Goes through the run once more, twice where the objective has no metrics that tell where a point lies.
    ///
    /// - Parameters:
    ///   - samples: pairs of iterates to look at, at equal ratios of iterations.
    ///   - isComputed: whether nothing is taken from closed forms and metrics, even where there are some.
    /// - Throws: `EOS_E_UNSUPPORTED` where the steps vary or the objective has no such minima.
    public init(_ run: AnalysedRun, samples count: Int = 200, isComputed: Bool = false) throws(EosError) {
        try run.requireSteepestDescent(for: "regimes")
        let step = try Self.constantStep(run.trajectory)
        let replay = try run.makeReplay()
        let objective = try ArrayObjective(replay.objective)
        let times = SampleTimes.geometricPairs(count, upTo: run.trajectory.iterations)
        let known = isComputed ? nil : try Self.closedForm(run)
        let indices = isComputed ? nil : Self.metricIndices(replay.objective)

        let seen = try Self.look(replay, times, metrics: indices)
        var search: FlattestSearch?
        do throws(EosError) {
            search = try FlattestSearch(objective, from: seen.last, towards: seen.first)
        } catch {
            // Only the orbit is missing then.
            guard known != nil, indices != nil else { throw error }
        }
        let samples: [RegimeSample]
        if indices == nil, let search {
            samples = try Self.project(replay, times, search)
        } else {
            samples = seen.samples
        }
        minimum = known ?? search!.constants
        origin = known == nil ? .computed : .closedForm
        prediction = RegimePrediction(minimum, step: step, tolerance: known == nil ? 1e-6 : 1e-9)
        measurement = RegimeMeasurement(samples, step: step)
        if let search {
            orbit = try NormalLineOrbit(
                objective, at: search.minimum.point, along: search.minimum.normal, prediction: prediction)
        } else {
            orbit = nil
        }
        twoStepMultiplier = try Self.multiplier(
            objective, beforeLast: seen.beforeLast, last: seen.last, gradient: seen.lastGradient, step: step)
    }

    private static func constantStep(_ trajectory: Trajectory) throws(EosError) -> Double {
        guard let first = trajectory.step.first else {
            throw EosError(EOS_E_STATE, "the run has no steps yet; wait for its first steps")
        }
        let (least, largest) = (trajectory.step.min() ?? first, trajectory.step.max() ?? first)
        guard least == largest else {
            throw EosError(
                EOS_E_UNSUPPORTED,
                "the steps of the run vary from \(least) to \(largest), but the regimes need a constant step; train "
                    + "with policy.name = \"constant\"")
        }
        return first
    }

    private static func closedForm(_ run: AnalysedRun) throws(EosError) -> FlattestMinimum? {
        let keys = run.spec.objective
        switch run.objectiveID {
        case "eos.product":
            return try .product(depth: Int(try keys.integer("depth")), target: try keys.number("target"))
        case "eos.inner-product":
            return try .innerProduct(target: try keys.number("target"))
        default:
            return nil
        }
    }

    static func metricIndices(_ objective: any Objective) -> [Int]? {
        let indices = metrics.compactMap { name in objective.metrics.firstIndex { $0.name == name } }
        return indices.count == metrics.count ? indices : nil
    }

    /// What one time through the run shows.
    private struct Seen {
        var samples: [RegimeSample] = []
        var first: [Double] = []
        var beforeLast: [Double] = []
        var last: [Double] = []
        var lastGradient: [Double] = []
    }

    private static func look(_ replay: Replay, _ times: [Int], metrics: [Int]?) throws(EosError) -> Seen {
        var seen = Seen()
        let space = replay.objective.space
        let end = replay.trajectory.iterations
        var next = 0
        try replay.forEach { (iterate) throws(EosError) in
            if iterate.iteration == 0 { seen.first = ArrayObjective.read(iterate.point, space) }
            if iterate.iteration == end - 1 { seen.beforeLast = ArrayObjective.read(iterate.point, space) }
            if iterate.iteration == end {
                seen.last = ArrayObjective.read(iterate.point, space)
                seen.lastGradient = ArrayObjective.read(iterate.gradient, space)
            }
            guard next < times.count, iterate.iteration == times[next] else { return true }
            next += 1
            guard let metrics else { return true }
            let values = try replay.objective.measure(iterate.point)
            seen.samples.append(
                RegimeSample(
                    iteration: iterate.iteration, distance: values[metrics[0]], normalDistance: values[metrics[1]],
                    sharpness: values[metrics[2]]))
            return true
        }
        return seen
    }

    private static func project(
        _ replay: Replay, _ times: [Int], _ search: FlattestSearch
    ) throws(EosError) -> [RegimeSample] {
        var samples: [RegimeSample] = []
        var next = 0
        try replay.forEach { (iterate) throws(EosError) in
            guard iterate.iteration == times[next] else { return true }
            next += 1
            let point = try search.residual.project(
                ArrayObjective.read(iterate.point, replay.objective.space), orientation: search.minimum.gradient)
            samples.append(
                RegimeSample(
                    iteration: iterate.iteration, distance: norm(difference(point.point, search.minimum.point)),
                    normalDistance: point.normalDistance, sharpness: point.sharpness))
            return next < times.count
        }
        return samples
    }

    /// n' (I - eta H(w_T)) (I - eta H(w_(T-1))) n with n along the last gradient; nil where that is 0.
    static func multiplier(
        _ objective: ArrayObjective, beforeLast: [Double], last: [Double], gradient: [Double], step: Double
    ) throws(EosError) -> Double? {
        let length = norm(gradient)
        guard length > 0, !beforeLast.isEmpty else { return nil }
        let n = scaled(gradient, by: 1 / length)
        let first = moved(n, by: -step, along: try objective.product(beforeLast, n))
        let second = moved(first, by: -step, along: try objective.product(last, first))
        return dot(n, second)
    }
}
