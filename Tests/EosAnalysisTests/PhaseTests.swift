import EosAnalysis
import Testing

@Suite struct PhaseTests {
    /// A loss that falls, with the sharpness at every tenth iterate.
    private static func trajectory(
        _ sharpness: [Double], step: Double = 1, loss: [Double]? = nil
    ) -> Trajectory {
        let iterations = 10 * (sharpness.count - 1)
        let losses = loss ?? (0...iterations).map { 1 / Double(1 + $0) }
        return Trajectory(
            loss: losses, gradientNorm: losses, step: Array(repeating: step, count: losses.count - 1),
            trials: Array(repeating: 1, count: losses.count - 1),
            reason: Array(repeating: .first, count: losses.count - 1),
            sharpness: sharpness.enumerated().map { .init(iteration: 10 * $0.offset, value: $0.element) })
    }

    private static func kinds(_ analysis: PhaseAnalysis) -> [String] {
        analysis.phases.map { "\($0.kind.rawValue) \($0.begin)-\($0.end)" }
    }

    @Test func sharpeningLeadsToTheEdge() {
        let sharpness = [1, 0.8, 0.7, 0.9, 1.2, 1.5, 1.9, 2.05, 1.97, 2.02, 2.04, 1.96, 2]
        let analysis = PhaseAnalysis(Self.trajectory(sharpness), sharpnessBound: .nan)
        #expect(
            Self.kinds(analysis) == [
                "stable_descent 0-20", "progressive_sharpening 20-60", "edge_of_stability 60-120",
            ])
        #expect(analysis.sharpnessBound == nil && analysis.excursions.isEmpty)
    }

    @Test func atTheBoundIsFlatland() {
        let sharpness = [1, 0.6, 0.3, 0.21, 0.204, 0.2, 0.2]
        let analysis = PhaseAnalysis(Self.trajectory(sharpness, step: 8), sharpnessBound: 0.2)
        #expect(Self.kinds(analysis) == ["edge_of_stability 0-30", "flatland 30-60"])
        // Without a bound nobody knows.
        let unknown = PhaseAnalysis(Self.trajectory(sharpness, step: 8), sharpnessBound: 0)
        #expect(!unknown.phases.contains { $0.kind == .flatland })
        // 6 % above is in, more is not.
        let near = PhaseAnalysis(Self.trajectory([0.2121, 0.2121, 0.2121]), sharpnessBound: 0.2)
        #expect(Self.kinds(near) == ["stable_descent 0-20"])
        #expect(Self.kinds(PhaseAnalysis(Self.trajectory([0.2119, 0.2119]), sharpnessBound: 0.2)) == ["flatland 0-10"])
    }

    @Test func oneMeasurementAloneIsNoPhase() {
        let sharpness = [0.5, 0.5, 2.5, 0.5, 0.5, 0.5]
        #expect(
            Self.kinds(PhaseAnalysis(Self.trajectory(sharpness), sharpnessBound: .nan)) == ["stable_descent 0-50"])
    }

    @Test func noiseIsNoSharpening() {
        let sharpness = (0..<50).map { 1 + 0.02 * Double($0 % 3) }
        #expect(
            Self.kinds(PhaseAnalysis(Self.trajectory(sharpness), sharpnessBound: .nan)) == ["stable_descent 0-490"])
    }

    /// Gradient descent on a two-layer linear model (Lewkowycz et al. 2020): from above the edge the loss shoots up and
    /// comes down where the sharpness is lower.
    @Test func aRealCatapultIsFound() throws {
        let start = [2.6, 0.3]
        let objective = try Plugins.product(start)
        let training = try Training(objective, "constant", "step=0.33", iterations: 200)
        var sharpness: [Trajectory.Measurement] = []
        let array = try ArrayObjective(objective)
        for (k, point) in training.points.enumerated() where k % 5 == 0 {
            let columns = try [[1.0, 0], [0, 1]].map { try array.product(point, $0) }
            let (trace, det) = (
                columns[0][0] + columns[1][1], columns[0][0] * columns[1][1] - columns[0][1] * columns[1][0]
            )
            let top = trace / 2 + max(trace * trace / 4 - det, 0).squareRoot()
            sharpness.append(.init(iteration: k, value: top))
        }
        let analysis = PhaseAnalysis(training.trajectory.with(sharpness: sharpness), sharpnessBound: .nan)
        let catapult = try #require(analysis.phases.first { $0.kind == .catapult })
        #expect(catapult.begin <= 5 && (catapult.rise ?? 0) > 2)
        #expect(sharpness[0].value * 0.33 > 2 && sharpness.last!.value * 0.33 < 2)
        #expect(!analysis.phases.contains { $0.kind == .divergence })
    }

    /// The same rise without a lower sharpness after it is an excursion, no catapult.
    @Test func aRiseAloneIsNoCatapult() throws {
        var loss = (0...100).map { 1 / Double(1 + $0) }
        for k in 40..<50 { loss[k] = 0.5 }
        let flat = Array(repeating: 1.0, count: 11)
        let analysis = PhaseAnalysis(Self.trajectory(flat, loss: loss), sharpnessBound: .nan)
        let excursion = try #require(analysis.excursions.first)
        #expect(analysis.excursions.count == 1 && excursion.begin == 39 && excursion.top == 40 && excursion.end == 50)
        #expect(abs(excursion.rise - 20) < 1e-12)
        #expect(!analysis.phases.contains { $0.kind == .catapult })
        let falling = [1, 1, 1, 1, 1, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
        let catapult = PhaseAnalysis(Self.trajectory(falling, loss: loss), sharpnessBound: .nan)
        #expect(Self.kinds(catapult).contains("catapult 39-50"))
    }

    @Test func divergenceBeginsWhereTheLossLeaves() throws {
        let training = try Training(try Plugins.product([1.3, 1.0, 0.8]), "constant", "step=0.9", iterations: 4)
        // The training of three factors goes to infinity within a few steps; its last finite losses are there.
        let loss = training.trajectory.loss
        let grown = loss + [loss.last! * 1e3, loss.last! * 1e9]
        let analysis = PhaseAnalysis(Self.trajectory([1], loss: grown), sharpnessBound: .nan)
        let divergence = try #require(analysis.phases.first { $0.kind == .divergence })
        #expect(divergence.end == grown.count - 1)
        #expect(grown[divergence.begin] <= grown[0] && grown[(divergence.begin + 1)...].allSatisfy { $0 > grown[0] })
        // A run that ended because a value was not finite.
        let ended = PhaseAnalysis(Self.trajectory([1, 1]), sharpnessBound: .nan, endsNonFinite: true)
        #expect(Self.kinds(ended).contains("divergence 10-10"))
        #expect(ended.phases.first { $0.kind == .divergence }?.rise == .infinity)
        // NaN among the losses.
        let broken = PhaseAnalysis(Self.trajectory([1], loss: [1, 0.5, 2, .nan]), sharpnessBound: .nan)
        #expect(Self.kinds(broken) == ["divergence 1-3"])
    }

    /// The orbit of period two above the edge is far above a start at a minimum, and stays there.
    @Test func anOrbitIsNoDivergence() throws {
        let objective = try Plugins.product([1.001, 1, 1, 1, 1])
        let training = try Training(objective, "constant", "step=0.41", iterations: 3000)
        #expect(training.trajectory.loss.last! > 10 * training.trajectory.loss[0])
        #expect(PhaseAnalysis(training.trajectory, sharpnessBound: .nan).phases.isEmpty)
    }

    @Test func withoutMeasurementsTheLossIsLeft() {
        let loss: [Double] = [1, 0.5, 4, 0.4, 0.3, 100, 1000, 10_000]
        let trajectory = Self.trajectory([], loss: loss)
        let analysis = PhaseAnalysis(trajectory, sharpnessBound: 0.2)
        #expect(analysis.measurements == 0)
        #expect(Self.kinds(analysis) == ["divergence 4-7"])
        #expect(analysis.excursions.count == 2 && analysis.excursions[1].end == nil)
    }

    /// Steps of a search change from one iteration to the next: the median counts.
    @Test func theTypicalStepCounts() {
        let steps = (0..<60).map { $0 % 10 == 0 ? 100.0 : 1 }
        let losses = (0...60).map { 1 / Double(1 + $0) }
        let trajectory = Trajectory(
            loss: losses, gradientNorm: losses, step: steps, trials: Array(repeating: 1, count: 60),
            reason: Array(repeating: .first, count: 60),
            sharpness: (0...6).map { .init(iteration: 10 * $0, value: 1) })
        #expect(Self.kinds(PhaseAnalysis(trajectory, sharpnessBound: .nan)) == ["stable_descent 0-60"])
    }
}
