import EosClient
import Testing

@Suite struct LossTargetsTests {
    private let export = """
        iteration,loss,gradient_norm,step,trials,sharpness,step_sharpness,seconds
        0,1,2,0.1,3,,,0
        1,0.5,2,0.1,1,8,0.8,0.1
        2,0.6,2,0.1,2,,,0.2
        3,,2,0.1,1,,,0.3
        4,0.01,2,,,,,0.4

        """

    @Test(arguments: [1, 5, 1000]) func firstIterationAndTheEvaluationsUntilThen(length: Int) {
        var targets = LossTargets([1, 0.55, 0.01, 1e-3])
        let bytes = Array(export.utf8)
        for start in stride(from: 0, to: bytes.count, by: length) {
            targets.feed(bytes[start..<min(start + length, bytes.count)])
        }
        #expect(
            targets.reached == [
                .init(iteration: 0, evaluations: 1), .init(iteration: 1, evaluations: 4),
                .init(iteration: 4, evaluations: 8), nil,
            ])
        #expect(!targets.isComplete)
    }
}
