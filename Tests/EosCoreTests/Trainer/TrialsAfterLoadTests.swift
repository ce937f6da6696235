import CEos
import EosCore
import Testing

/// What a policy is told of earlier trials after a load.
@Suite struct TrialsAfterLoadTests {
    /// The policy's own state at the end holds the slopes that it was told.
    @Test func slopesOfEarlierTrialsAreLoaded() throws {
        func trained() throws -> Trained { try Trained(.rosenbrock(), GoesBack(), "stop.iterations=4") }
        func told(_ training: Trained) throws -> [UInt8] {
            try reread(try training.trainer.save(training.objective)).bytes("eos.policy")
        }
        let whole = try trained()
        try whole.run()
        var pieces = 0
        var training = try trained()
        repeat {
            let state = pieces == 0 ? nil : try reread(try training.trainer.save(training.objective))
            let next = try trained()
            if let state {
                try next.trainer.load(state, next.objective)
                try next.trainer.resume()
            }
            next.problem.interruption = {
                next.trainer.requestStop()
                return eos_status(EOS_OK)
            }
            try next.run()
            next.problem.interruption = nil
            training = next
            pieces += 1
        } while training.stop == .requested && pieces < 1000
        #expect(pieces > 10)
        #expect(try told(training) == told(whole))
    }
}
