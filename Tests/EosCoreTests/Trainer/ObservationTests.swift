import CEos
import EosCore
import Testing

/// Which iterates an observer is called for, and where driving is suspended.
@Suite struct ObservationTests {
    private func makeTraining(_ id: String = "constant", _ keys: String = "step=1e-3") throws -> Trained {
        try Trained(.rosenbrock(), try policy(id, keys), "stop.iterations=20 stop.loss=0")
    }

    @Test func everyIterateIsObservedUnlessToldOtherwise() throws {
        let training = try makeTraining()
        #expect(try training.observed { _, _ in } == Array(0...20))
    }

    @Test func whatIsNotLookedAtIsTheSameTraining() throws {
        let (all, some) = (try makeTraining(), try makeTraining())
        _ = try all.observed { _, _ in }
        let seen = try some.observed { trainer, iteration in trainer.firstObserved = iteration + 7 }
        #expect(seen == [0, 7, 14, 20])
        #expect(all.current == some.current)
        #expect(all.trainer.progress.best_value == some.trainer.progress.best_value)
    }

    @Test func attentionIsPaidOnce() throws {
        let training = try makeTraining()
        let seen = try training.observed { trainer, iteration in
            trainer.firstObserved = .max
            if iteration < 4 { trainer.requestAttention() }
        }
        #expect(seen == [0, 1, 2, 3, 4, 20])
    }

    @Test(arguments: [("constant", "step=1e-3"), ("nls", ""), ("bb1", ""), ("cdat", "")])
    func suspendedAnywhereItGoesOnToTheSameBits(id: String, keys: String) throws {
        let (whole, parts) = (try makeTraining(id, keys), try makeTraining(id, keys))
        try whole.run()
        var iterations: [Int64] = []
        parts.trainer.observer = { [unowned trainer = parts.trainer] progress in
            if progress.iteration % 3 == 0 { trainer.suspend() }
            return false
        }
        while try parts.trainer.advance(parts.objective) { iterations.append(parts.trainer.progress.iteration) }
        #expect(iterations == [0, 3, 6, 9, 12, 15, 18])
        #expect(whole.current == parts.current)
        #expect(parts.trainer.stop == .iterations)
    }
}

extension Trained {
    /// The iterations for which the observer was called.
    fileprivate func observed(_ body: @escaping (Trainer, Int) -> Void) throws -> [Int] {
        var seen: [Int] = []
        trainer.observer = { [unowned trainer] progress in
            seen.append(Int(progress.iteration))
            body(trainer, Int(progress.iteration))
            return false
        }
        try run()
        return seen
    }
}
