import CEos
import EosCore
import Foundation
import Testing

/// Limits are exact, and what they are held against survives a load.
@Suite struct LimitTests {
    private func trained(_ assignments: String) throws -> Trained {
        try Trained(.rosenbrock(), try policy("constant", "step=1e-3"), assignments)
    }

    /// The loss must fall below its limit: equality is not enough.
    @Test func aLossAtItsLimitIsNotBelowIt() throws {
        let first = try trained("stop.iterations=1")
        try first.run()
        let training = try trained("stop.iterations=3 stop.loss=\(first.trainer.progress.value)")
        try training.run()
        #expect(training.stop == .loss)
        #expect(training.trainer.progress.iteration == 2)
    }

    /// stop.step is held against the distance between the last two iterates, also by a trainer that was loaded there.
    @Test func theLastUpdateIsThatOfTheTraining() throws {
        let training = try trained("stop.iterations=5")
        var points: [[Double]] = []
        training.trainer.observer = { _ in
            points.append(training.current)
            return false
        }
        try training.run()
        training.trainer.observer = nil
        let length = zip(points[5], points[4]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        let state = try reread(try training.trainer.save(training.objective))
        for (limit, stop) in [(length * 0.999, StopReason.none), (length * 1.001, .step)] {
            let loaded = try trained("stop.iterations=5")
            try loaded.trainer.load(state, loaded.objective)
            for one in [training, loaded] {
                try one.trainer.resume(try settings("stop.iterations=6 stop.step=\(limit)"))
                #expect(one.stop == stop)
            }
        }
    }

    /// Training time passes during calls only.
    @Test func timeStandsStillBetweenCalls() throws {
        let training = try trained("stop.iterations=3")
        for iteration in [3, 4] {
            try training.run()
            let seconds = training.trainer.progress.seconds
            #expect(seconds > 0)
            usleep(5000)
            #expect(training.trainer.progress.seconds == seconds)
            try training.trainer.resume(try settings("stop.iterations=\(iteration + 1)"))
        }
    }

    /// Trials are those of the search that led to the iterate, not of all.
    @Test(arguments: ["nls", "armijo", "lbfgs"])
    func trialsAreCountedAnewInEverySearch(_ id: String) throws {
        let recorder = RecordingPolicy(try policy(id))
        let training = try Trained(.rosenbrock(), recorder, "stop.iterations=20")
        var trials: [Int] = []
        training.trainer.observer = { progress in
            trials.append(Int(progress.trials))
            return false
        }
        try training.run()
        #expect(trials == [0] + recorder.searches.map(\.trials.count))
        #expect(trials.contains { $0 > 1 })
    }
}
