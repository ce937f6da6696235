import CEos
import EosCore
import Testing

/// States saved after a measurement that was given up.
@Suite struct ProbeStateTests {
    /// Products with a part of the samples are not finite: the training goes on, and its state is a good one.
    @Test func aMeasurementGivenUpLeavesNoMark() throws {
        func trained() throws -> Trained {
            let problem = Problem.quadratic(.f64, (0..<60).map { 10.0 / Double(1 + $0) })
            problem.sampledProduct = { _, _, v in v.map { _ in Double.nan } }
            return try Trained(problem, try policy("constant", "step=0.01"), "stop.iterations=4 sharpness.every=2")
        }
        let first = try trained()
        try first.run()
        #expect(first.trainer.progress.sharpness.isNaN && first.trainer.progress.sharpness_iteration == 4)
        let state = try reread(try first.trainer.save(first.objective))
        let second = try trained()
        try second.trainer.load(state, second.objective)
        for training in [first, second] {
            try training.trainer.resume(try settings("stop.iterations=7"))
            try training.run()
        }
        #expect(second.current == first.current)
    }
}
