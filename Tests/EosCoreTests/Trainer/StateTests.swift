import CEos
import EosCore
import Testing

@Suite struct StateTests {
    private static let keys = "stop.iterations=6 sharpness.every=2 sharpness.count=2"

    /// The states between all requests of one training.
    private func states(_ id: String, curvature: Bool) throws -> [[UInt8]] {
        let training = try Trained(.rosenbrock(), try policy(id), Self.keys, curvature: curvature)
        training.problem.interruption = {
            training.trainer.requestStop()
            return eos_status(EOS_OK)
        }
        var states = [try bytes(try training.trainer.save(training.objective))]
        try training.run()
        while training.stop == .requested {
            states.append(try bytes(try training.trainer.save(training.objective)))
            try training.trainer.resume()
            try training.run()
        }
        training.problem.interruption = nil
        return states
    }

    /// One trainer jumps between states of every phase and still ends where each of them leads.
    @Test(arguments: ["nls", "cdat", "bb1", "wolfe", "lbfgs", "heavy-ball"], [true, false])
    func statesReplaceWhateverWasThere(_ id: String, _ curvature: Bool) throws {
        let whole = try Trained(.rosenbrock(), try policy(id), Self.keys, curvature: curvature)
        try whole.run()
        let states = try states(id, curvature: curvature)
        #expect(states.count > 14)
        let training = try Trained(.rosenbrock(), try policy(id), Self.keys, curvature: curvature)
        for k in 0..<(2 * states.count) {
            // From a state here to one far away, and back again through bytes.
            try training.trainer.load(try state(states[k * 7 % states.count]), training.objective)
            let saved = try bytes(try training.trainer.save(training.objective))
            try training.trainer.load(try state(states[k * 11 % states.count]), training.objective)
            try training.trainer.load(try state(saved), training.objective)
            try training.trainer.resume()
            try training.run()
            #expect(training.stop == .iterations)
            #expect(training.current == whole.current)
            #expect(training.best == whole.best)
            #expect(training.trainer.sharpnessPairs == whole.trainer.sharpnessPairs)
            let (one, other) = (training.trainer.progress, whole.trainer.progress)
            #expect(one.value_evaluations == other.value_evaluations)
            #expect(one.gradient_evaluations == other.gradient_evaluations)
        }
    }

    @Test func foreignStatesChangeNothing() throws {
        func saved(_ problem: Problem, _ id: String, _ keys: String = "", iterations: Int = 4) throws -> SavedState {
            let training = try Trained(problem, try policy(id, keys), "stop.iterations=\(iterations)")
            try training.run()
            return try reread(try training.trainer.save(training.objective))
        }
        let foreign: [(what: String, state: SavedState)] = [
            ("another dimension", try saved(.rosenbrock(start: [1.5, 2, 1]), "nls")),
            ("another element type", try saved(.rosenbrock(.f32), "nls")),
            ("another policy", try saved(.rosenbrock(), "constant", "step=1e-3")),
            ("another policy", try saved(.rosenbrock(), "adgd")),
            ("another reference", try saved(.rosenbrock(), "ls")),
            ("another memory", try saved(.rosenbrock(), "gll", iterations: 1)),
            ("no trainer's state", try reread(StateDocument())),
        ]
        let plain = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=9")
        try plain.run()
        for (what, state) in foreign {
            let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=5")
            try training.run()
            let before = try bytes(try training.trainer.save(training.objective))
            let error = failure { try training.trainer.load(state, training.objective) }
            #expect(error.status == EOS_E_FORMAT, "\(what)")
            #expect(try bytes(try training.trainer.save(training.objective)) == before, "\(what)")
            try training.trainer.resume(try settings("stop.iterations=9"))
            try training.run()
            #expect(training.current == plain.current, "\(what)")
        }
    }

    @Test func aLongerMemoryIsRefused() throws {
        let long = try Trained(.rosenbrock(), try policy("gll"), "stop.iterations=9")
        try long.run()
        let state = try reread(try long.trainer.save())
        let short = try Trained(.rosenbrock(), try policy("gll", "memory=3"), "stop.iterations=9")
        #expect(failure { try short.trainer.load(state) }.status == EOS_E_FORMAT)
    }

    @Test func damageIsFound() throws {
        let all = try states("nls", curvature: false)
        let good = all[all.count / 2]
        let training = try Trained(.rosenbrock(), try policy("nls"), Self.keys, curvature: false)
        let before = try bytes(try training.trainer.save())
        for position in stride(from: 0, to: good.count, by: 7) {
            var damaged = good
            damaged[position] ^= 0x10
            #expect(failure { try training.trainer.load(try state(damaged)) }.status == EOS_E_FORMAT)
        }
        #expect(failure { try training.trainer.load(try state(Array(good.dropLast()))) }.status == EOS_E_FORMAT)
        #expect(try bytes(try training.trainer.save()) == before)
    }

    @Test func theParametersOfAStateAreReadAlone() throws {
        let training = try Trained(.rosenbrock(), try policy("nls"), "stop.iterations=4")
        try training.run()
        let state = try reread(try training.trainer.save(training.objective))
        let parameters = try Trainer.parameters(of: state, for: training.objective)
        #expect(training.problem.read(parameters.pointer) == training.current)
    }
}
