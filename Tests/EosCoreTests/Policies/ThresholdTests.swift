import CEos
import EosCore
import Testing

/// What a trial's value is held against, asked of the policies directly: the slope is too small to matter.
@Suite struct ThresholdTests {
    private func iterate(_ iteration: Int64, _ value: Double, accuracy: Double = 0) -> eos_iterate {
        var iterate = eos_iterate()
        iterate.struct_size = UInt32(MemoryLayout<eos_iterate>.size)
        iterate.iteration = iteration
        iterate.value = value
        iterate.best_value = value
        iterate.gradient_norm2 = 1e-20
        iterate.direction_norm2 = 1e-20
        iterate.slope = -1e-20
        iterate.last_step = 1
        iterate.value_accuracy = accuracy
        iterate.value_lower_bound = .nan
        iterate.sharpness_bound = .nan
        return iterate
    }

    /// Whether the first trial from `iterate` is taken where it has this value.
    private func takes(_ policy: inout any Policy, _ value: Double, from iterate: eos_iterate) throws -> Bool {
        var trial = eos_trial()
        trial.step = try policy.propose(iterate)
        trial.value = value
        trial.finite = 1
        if case .accept = try policy.judge(iterate, trial) { return true }
        return false
    }

    /// A value is known to its rounding only, which speaks for the trial.
    @Test(arguments: ["armijo", "gll", "zhang-hager"])
    func roundingSpeaksForTheTrial(_ id: String) throws {
        for (value, accuracy, isTaken) in [
            (1.001, 1e-3, true), (1.001, 0, false), (1.1, 1e-3, false), (0.999, 1e-3, true), (0.999, 0, true),
        ] {
            var policy = try policy(id)
            #expect(try takes(&policy, value, from: iterate(0, 1, accuracy: accuracy)) == isTaken)
        }
    }

    /// After a step that went up, the mean of losses lies below the value: a descent from there is one all the same.
    @Test func theMeanIsNeverBelowTheValue() throws {
        var policy = try policy("zhang-hager")
        #expect(try takes(&policy, 0.9, from: iterate(0, 1)))
        #expect(try takes(&policy, 99.9, from: iterate(1, 100)))
        #expect(try !takes(&policy, 100.1, from: iterate(2, 100)))
    }
}
