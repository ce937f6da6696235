import CEos
import EosCore
import Testing

/// The search of `lbfgs`, trial by trial, on values that are made up: f = 1 and slope -1 at the start, so that the
/// parabola through a value v at the step 1 has its minimum at 1/(2 v).
@Suite struct ParabolicSearchTests {
    private var policy: any Policy
    private var iterate = eos_iterate()

    init() throws {
        policy = try EosCoreTests.policy("lbfgs", "c=1e-4 min_step=1e-12")
        iterate.iteration = 1
        iterate.value = 1
        iterate.slope = -1
        iterate.flags = UInt32(EOS_ITERATE_RAY)
    }

    /// The trials of a search on `value`, and the verdict at its end.
    private mutating func search(_ value: (Double) -> Double) throws -> (trials: [Double], end: Verdict) {
        var trials = [try policy.propose(iterate)]
        while trials.count < 1000 {
            var trial = eos_trial()
            trial.index = Int64(trials.count - 1)
            trial.step = trials.last!
            trial.value = value(trial.step)
            trial.finite = trial.value.isFinite ? 1 : 0
            let verdict = try policy.judge(iterate, trial)
            guard case .tryStep(let step) = verdict else { return (trials, verdict) }
            trials.append(step)
        }
        throw EosError(EOS_E_FAILED, "the search has no end")
    }

    /// Along a line without a minimum each trial is three times as long; after eight of them the best one is taken.
    @Test mutating func longerTrialsAreEight() throws {
        for _ in 0..<2 {
            let (trials, end) = try search { 1 - $0 }
            #expect(trials == [1, 3, 9, 27, 81, 243, 729, 2187, 6561])
            #expect(end == .accept(6561, .tracked))
        }
        // Where a trial costs an evaluation the first acceptable one is taken.
        iterate.flags = 0
        let (trials, end) = try search { 1 - $0 }
        #expect(trials == [1])
        #expect(end == .accept(1, .first))
    }

    /// A search that was saved after any of its trials goes on to the same end.
    @Test mutating func savedSearchesGoOn() throws {
        let fresh = try EosCoreTests.policy("lbfgs", "c=1e-4 min_step=1e-12")
        var (one, other) = (policy, fresh)
        _ = try one.propose(iterate)
        var step = 1.0
        for index in 0..<9 {
            var trial = eos_trial()
            (trial.index, trial.step, trial.value, trial.finite) = (Int64(index), step, 1 - step, 1)
            let state = try one.save()
            try state.withUnsafeBytes { try other.load($0) }
            let verdict = try one.judge(iterate, trial)
            #expect(try other.judge(iterate, trial) == verdict)
            if case .tryStep(let next) = verdict { step = next }
        }
        #expect(step == 6561)
    }

    /// A longer trial must bring a smaller value; of equal ones the earlier is taken.
    @Test mutating func ofEqualValuesTheFirstIsTaken() throws {
        for (second, accepted) in [(0.0, 1.0), (0.1, 1), (-2, 3)] {
            let (trials, end) = try search { $0 == 1 ? 0 : $0 == 3 ? second : 1 }
            #expect(trials.prefix(2) == [1, 3])
            #expect(end == .accept(accepted, accepted == 1 ? .first : .tracked))
        }
    }

    /// A minimum is tried where it lies more than 35 % away, at most at three times the step.
    @Test(arguments: [(1.34, 1.0), (1.36, 1.36), (2.5, 2.5), (4, 3), (0.66, 1), (0.64, 0.64), (0.51, 0.51)])
    mutating func minimaThatAreFarAreTried(_ minimum: Double, _ next: Double) throws {
        let (trials, _) = try search { $0 == 1 ? 1 / (2 * minimum) : 1 }
        #expect(trials.count == (next == 1 ? 1 : 2))
        #expect(abs(trials.last! - next) <= 1e-15 * next)
    }

    /// A trial that is too high is shortened to the minimum, by a factor of 0.1 to 0.5.
    @Test(arguments: [(1.0, 0.5), (1.5, 1 / 3.0), (2, 0.25), (10, 0.1), (.infinity, 0.1), (.nan, 0.1)])
    mutating func trialsThatAreTooHighAreShortened(_ value: Double, _ next: Double) throws {
        let (trials, end) = try search { $0 == 1 ? value : 1 - $0 }
        #expect(abs(trials[1] - next) <= 1e-15)
        guard case .accept(let step, _) = end else { return }
        #expect(step >= next)
    }

    /// f - c t counts, not f alone: with c = 1e-4 the value at the step 1 must not be above 0.9999.
    @Test mutating func theDecreaseIsAShareOfTheSlope() throws {
        iterate.flags = 0
        #expect(try search { _ in 0.9999 }.trials == [1])
        #expect(try search { $0 == 1 ? 0.99991 : 0 }.trials.count == 2)
    }
}
