import Testing

/// The acceptance figures of "Learning threshold neurons via the edge of stability" (2022, arXiv 2212.07469): the full
/// network in the setting of its Figure 1, d = 200, 300 samples, signal 3, iterations * eta = 10.
@Suite struct ThresholdNetworkAcceptanceTests {
    private static let threshold = 8 * Double.pi / (200 * 200)

    private func train(_ r: Double, seed: Int, test: Int = 0) throws -> ThresholdProblem {
        let step = r * Self.threshold
        var problem = try ThresholdProblem(
            "threshold-network", "d=200 samples=300 signal=3 test=\(test) data_seed=\(seed)")
        try problem.train(step: step, iterations: Int((10 / step).rounded()), seed: seed)
        return problem
    }

    /// Below the threshold the bias drifts by a little that does not depend on the step; above it it is learned.
    @Test(arguments: 1...6)
    func theBiasIsLearnedAboveTheThreshold(seed: Int) throws {
        let drift = try train(0.25, seed: seed).point[2]
        for r in [0.5, 0.9] {
            let change = try train(r, seed: seed).point[2] - drift
            #expect(abs(change) < 0.002, "r = \(r): \(change)")
        }
        let change = try train(1.1, seed: seed).point[2] - drift
        #expect(change < -0.01, "r = 1.1: \(change)")
    }

    @Test(arguments: 1...3)
    func theTestAccuracyRisesAboveTheThreshold(seed: Int) throws {
        let accuracies = try [0.5, 0.9, 2, 6, 19].map {
            try train($0, seed: seed, test: 20_000).metric("test_accuracy")
        }
        // .58 at b = 0; the drift below the threshold adds to it.
        #expect(accuracies[0] > 0.57 && accuracies[0] < 0.62, "\(accuracies)")
        #expect(abs(accuracies[1] - accuracies[0]) < 0.002, "\(accuracies)")
        #expect(accuracies[2] > accuracies[1] && accuracies[3] > accuracies[2], "\(accuracies)")
        #expect(accuracies[4] > 0.65, "\(accuracies)")
    }
}
