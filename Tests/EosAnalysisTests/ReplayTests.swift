import CEos
import EosAnalysis
import EosCore
import Testing

@Suite struct ReplayTests {
    static let network =
        "layers=[16,12,10] activation=relu dtype=f64 data.generator=clusters data.train=40 data.test=10"
    static let policies = BuiltInPolicies.all.map(\.id).filter { !["nls-ub"].contains($0) }

    /// To the same bits, whatever the policy: with a ray or without, with one trial or many.
    @Test(arguments: policies, ["f64", "f32"])
    func aReplayIsTheRun(policy: String, dtype: String) throws {
        let objective = try Plugins.make("mlp", Self.network.replacing("f64", with: dtype))
        let keys = policy == "constant" ? "step=0.5" : ""
        let training = try Training(objective, policy, keys, iterations: 30, seed: 3)
        let replay = try Replay(
            training.trajectory, objective: try Plugins.make("mlp", Self.network.replacing("f64", with: dtype)),
            seed: 3, policy: training.policy)
        var count = 0
        try replay.forEach { (iterate) throws(EosError) in
            let point = ArrayObjective.read(iterate.point, objective.space)
            #expect(point.map(\.bitPattern) == training.points[iterate.iteration].map(\.bitPattern))
            #expect(iterate.loss == training.trajectory.loss[iterate.iteration])
            let steps = training.trajectory.step
            #expect(iterate.step == (iterate.iteration < steps.count ? steps[iterate.iteration] : nil))
            count += 1
            return true
        }
        #expect(count == training.trajectory.loss.count && count > 1)
    }

    /// What a body evaluates on the way changes nothing.
    @Test func lookingDoesNotDisturb() throws {
        let objective = try Plugins.make("mlp", Self.network)
        let training = try Training(objective, "nls", iterations: 40)
        let smoothness = try SegmentSmoothness(objective)
        var last: [Double] = []
        try Replay(training.trajectory, objective: objective, seed: 0, policy: training.policy).forEach {
            (iterate) throws(EosError) in
            if let step = iterate.step {
                _ = try smoothness.measure(at: iterate.point, gradient: iterate.gradient, lengths: [step])
            }
            last = ArrayObjective.read(iterate.point, objective.space)
            return true
        }
        #expect(last == training.points.last)
    }

    @Test func theGradientIsThatOfTheIterate() throws {
        let objective = try Plugins.product([1.3, 1.0, 0.8])
        let training = try Training(objective, "constant", "step=0.3", iterations: 5)
        let array = try ArrayObjective(try Plugins.product([1.3, 1.0, 0.8]))
        try Replay(training.trajectory, objective: objective, seed: 0, policy: training.policy).forEach {
            (iterate) throws(EosError) in
            let point = ArrayObjective.read(iterate.point, objective.space)
            #expect(ArrayObjective.read(iterate.gradient, objective.space) == (try array.gradient(point).gradient))
            return true
        }
    }

    @Test func stopsWhereItIsTold() throws {
        let objective = try Plugins.product([1.3, 1.0, 0.8])
        let training = try Training(objective, "constant", "step=0.3", iterations: 50)
        var seen = 0
        try Replay(training.trajectory, objective: objective, seed: 0, policy: training.policy).forEach {
            (iterate) throws(EosError) in
            seen = iterate.iteration
            return iterate.iteration < 7
        }
        #expect(seen == 7)
    }

    @Test func anotherObjectiveIsFoundOut() throws {
        let training = try Training(try Plugins.product([1.3, 1.0, 0.8]), "constant", "step=0.3", iterations: 50)
        let other = try Plugins.product([1.3, 1.0, 0.8], target: 1.0001)
        let error = try #require(throws: EosError.self) {
            try Replay(training.trajectory, objective: other, seed: 0, policy: training.policy).forEach { _ in true }
        }
        #expect(error.status == EOS_E_STATE && error.message.contains("iteration 0"))
    }

    @Test func anObjectiveThatIsNotDeterministicIsRefused() throws {
        let objective = try TestFunction.make(from: [1], isDeterministic: false) { ($0[0] * $0[0], [2 * $0[0]]) }
        let training = try Training(objective, "constant", "step=0.3", iterations: 5)
        let error = try #require(throws: EosError.self) {
            _ = try Replay(training.trajectory, objective: objective, seed: 0, policy: training.policy)
        }
        #expect(error.status == EOS_E_UNSUPPORTED && error.message.contains("deterministic"))
    }

    @Test func anErrorOfTheBodyEndsIt() throws {
        let objective = try Plugins.product([1.3, 1.0, 0.8])
        let training = try Training(objective, "constant", "step=0.3", iterations: 5)
        #expect(throws: EosError(EOS_E_FAILED, "enough")) {
            try Replay(training.trajectory, objective: objective, seed: 0, policy: training.policy).forEach {
                (_) throws(EosError) in throw EosError(EOS_E_FAILED, "enough")
            }
        }
    }
}
