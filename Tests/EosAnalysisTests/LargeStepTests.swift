import EosAnalysis
import Testing

@Suite struct LargeStepTests {
    static let samples = [
        sample(0, step: 0.5, smoothness: 1, far: 2, fails: true),  // eta l = 0.5, margin 1
        sample(10, step: 1, smoothness: 1, far: 1, fails: false),  // 1
        sample(20, step: 1, smoothness: 2.5, far: 4, fails: true),  // 2.5, margin 4
        sample(30, step: 0.1, smoothness: 1, far: 1, fails: false),  // 0.1
    ]

    @Test func sharesAndMargins() {
        let analysis = LargeStepAnalysis(samples: Self.samples, shrink: 0.5, decrease: 0, rejectedShare: nil)
        #expect(analysis.certifiedShare == 0.75)
        #expect(analysis.leastMargin == 1)
        // From 0 to 20, and from 20 to 30.
        #expect(analysis.longestGap == 20)
        let none = LargeStepAnalysis(samples: [Self.samples[3]], shrink: 0.5, decrease: 0, rejectedShare: nil)
        #expect(none.leastMargin == nil && none.longestGap == nil && none.certifiedShare == 0)
    }

    /// What the record says of a rejected neighbour, held against the objective: at eta/delta sufficient decrease fails.
    @Test(arguments: RejectedNeighbour.policies)
    func aNeighbourThatWasRejectedFails(policy: String) throws {
        let keys = "layers=[16,16,10] activation=tanh dtype=f64 data.generator=clusters data.train=60 data.test=10"
        let objective = try Plugins.make("mlp", keys)
        let settings = policy == "nls-ub" ? "cap=10" : ""
        let training = try Training(objective, policy, settings, iterations: 150, seed: 1)
        let shrink = policy == "armijo" ? 0.9 : 0.5
        let c = policy == "armijo" ? 0.1 : policy == "ponos" ? 0.5 : 1e-4
        let array = try ArrayObjective(objective)
        var rejected = 0
        for (k, step) in training.trajectory.step.enumerated() {
            let (value, gradient) = try array.gradient(training.points[k])
            let long = step / shrink
            let far = try array.value(zip(training.points[k], gradient).map { $0 - long * $1 })
            let isRejected = RejectedNeighbour.isThere(
                policy, reason: training.trajectory.reason[k], trials: training.trajectory.trials[k])
            if try #require(isRejected as Bool?) {
                rejected += 1
                #expect(far > value - c * long * dot(gradient, gradient), "\(policy) \(k)")
            }
        }
        // The equality of LS and NLS: every step has one.
        if ["ls", "nls"].contains(policy) { #expect(rejected == training.trajectory.iterations) }
        #expect(rejected > 0)
    }

    @Test func otherPoliciesHaveNoNeighbour() {
        #expect(RejectedNeighbour.isThere("constant", reason: .first, trials: 1) == nil)
        #expect(RejectedNeighbour.isThere("org.example.ls", reason: .tracked, trials: 3) == nil)
        #expect(RejectedNeighbour.isThere("eos.nls", reason: .tracked, trials: 3) == true)
        #expect(RejectedNeighbour.isThere("nls-ub", reason: .tracked, trials: 2) == false)
        #expect(RejectedNeighbour.isThere("nls", reason: .tracked, trials: 101) == false)
    }

    private static func sample(
        _ iteration: Int, step: Double, smoothness: Double, far: Double, fails: Bool
    ) -> LargeStepAnalysis.Sample {
        LargeStepAnalysis.Sample(
            iteration: iteration, step: step, smoothness: smoothness, neighbourSmoothness: far, neighbourFails: fails,
            neighbourWasRejected: false, sharpness: smoothness)
    }
}
