/// The phases of a run, from its losses, its steps and the sharpness where that was measured.
///
/// What the papers describe in words has numbers here: `Thresholds`.
public struct PhaseAnalysis: Sendable {
    /// In the order in which they begin. Those by sharpness follow one another; catapults lie inside them.
    public let phases: [Phase]
    /// Every rise of the loss, catapult or not.
    public let excursions: [LossExcursion]
    /// The known lower bound of the sharpness; nil: the objective states none, so that Flatland can't be told.
    public let sharpnessBound: Double?
    /// Measurements of the sharpness that were there; with fewer than two there are no phases by sharpness.
    public let measurements: Int
    public let thresholds: Thresholds

    /// What is meant by near, rising and high.
    public struct Thresholds: Sendable, Equatable {
        /// At the edge of stability where step * sharpness is at least this.
        public var edge = 1.8
        /// In Flatland where the sharpness is at most this many times its bound.
        public var flatland = 1.06
        /// The sharpness rises, or falls by a catapult, where it changes by this factor at least.
        public var sharpening = 1.05
        /// The loss rises where it grows by this factor at least.
        public var catapult = 2.0
        /// The run diverges where its last loss is this many times its first at least, and still grows: its largest
        /// loss of the last tenth of the iterations is the factor for `catapult` times any before.
        public var divergence = 10.0

        public init() {}
    }

    /// - Parameters:
    ///   - sharpnessBound: of the objective; NaN or 0: none is known.
    ///   - endsNonFinite: whether the run ended because a value was not finite.
    public init(
        _ trajectory: Trajectory, sharpnessBound: Double, endsNonFinite: Bool = false,
        thresholds: Thresholds = Thresholds()
    ) {
        let bound = sharpnessBound > 0 ? sharpnessBound : nil
        self.sharpnessBound = bound
        self.thresholds = thresholds
        measurements = trajectory.sharpness.count
        excursions = LossExcursion.find(in: trajectory.loss, factor: thresholds.catapult)
        let divergence = Self.divergence(trajectory, endsNonFinite, thresholds)
        let last = divergence?.begin ?? trajectory.iterations
        var phases = Self.bySharpness(trajectory, bound, thresholds, until: last)
        phases += Self.catapults(excursions.filter { ($0.end ?? .max) <= last }, trajectory.sharpness, thresholds)
        if let divergence { phases.append(divergence) }
        self.phases = phases.sorted { ($0.begin, -$0.end) < ($1.begin, -$1.end) }
    }

    /// Where the loss leaves its first level for good. An orbit that stays, however high, is no divergence.
    private static func divergence(
        _ trajectory: Trajectory, _ endsNonFinite: Bool, _ thresholds: Thresholds
    ) -> Phase? {
        let loss = trajectory.loss.map { $0.isNaN ? .infinity : $0 }
        guard let first = loss.first, let last = loss.last else { return nil }
        let late = loss.count - max(loss.count / 10, 1)
        let before = loss[..<late].max() ?? first
        let grows = !last.isFinite || loss[late...].max()! >= thresholds.catapult * before
        let isBeyond = !last.isFinite || last >= thresholds.divergence * first
        guard endsNonFinite || isBeyond && grows else { return nil }
        let begin = isBeyond ? loss.lastIndex { $0 <= first } ?? 0 : trajectory.iterations
        let rise = endsNonFinite ? Double.infinity : loss[begin...].max()! / loss[begin]
        return Phase(.divergence, begin: begin, end: trajectory.iterations, rise: rise)
    }

    /// Rises of the loss after which the sharpness is lower, one for all between two measurements.
    private static func catapults(
        _ excursions: [LossExcursion], _ sharpness: [Trajectory.Measurement], _ thresholds: Thresholds
    ) -> [Phase] {
        var catapults: [(phase: Phase, before: Int)] = []
        for excursion in excursions {
            guard let end = excursion.end,
                let before = sharpness.last(where: { $0.iteration <= excursion.begin }),
                let after = sharpness.first(where: { $0.iteration >= end }),
                after.value * thresholds.sharpening <= before.value
            else { continue }
            var begin = excursion.begin
            var rise = excursion.rise
            if let last = catapults.last, last.before == before.iteration {
                begin = last.phase.begin
                rise = max(rise, last.phase.rise ?? 0)
                catapults.removeLast()
            }
            catapults.append((Phase(.catapult, begin: begin, end: end, rise: rise), before.iteration))
        }
        return catapults.map(\.phase)
    }
}
