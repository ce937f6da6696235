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

/// A measurement of the sharpness that takes many products, saved and loaded between any two of them.
@Suite struct InterruptedMeasurementTests {
    /// 40 eigenvalues, the third of them twice.
    private static let values = [9, 8.5, 7, 7] + (4..<40).map { 6 - 0.1 * Double($0) }

    @Test(arguments: [1, 4], [true, false])
    func itEndsAsIfItHadNeverStopped(_ count: Int, _ curvature: Bool) throws {
        let training = Training(
            id: "constant", keys: "step=0.01",
            settings: "stop.iterations=2 sharpness.every=1 sharpness.count=\(count) sharpness.tolerance=1e-5",
            curvature: curvature)
        let whole = try training.run(.quadratic(.f64, Self.values))
        #expect(whole.pairs.count == count)
        let difference = try training.interrupted(.quadratic(.f64, Self.values)).difference(from: whole)
        #expect(difference == nil)
    }
}
