import EosAnalysis
import EosCore
import Testing

@Suite struct TrajectoryTests {
    @Test func stepsAreOneFewerThanIterates() {
        let trajectory = Trajectory(
            loss: [3, 2, 1], gradientNorm: [3, 2, 1], step: [0.5, 0.25], trials: [1, 2], reason: [.first, .backtracked],
            sharpness: [])
        #expect(trajectory.iterations == 2)
    }
}
