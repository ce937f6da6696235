import CEos
import EosCore
import Testing

/// States that look like the right one.
@Suite struct RefusedStateTests {
    /// What a policy has saved is all that it takes.
    @Test func nothingFollowsTheStateOfAPolicy() throws {
        for (id, keys) in policyCases where BuiltInPolicies.kind(id) != nil {
            let state = try policy(id, keys).save()
            var other = try policy(id, keys)
            try state.withUnsafeBytes { try other.load($0) }
            for more in [1, 8, 16] {
                let longer = state + [UInt8](repeating: 0, count: more)
                let error = failure { try longer.withUnsafeBytes { try other.load($0) } }
                #expect(error.status == EOS_E_FORMAT, "\(id) \(keys)")
            }
        }
    }

    @Test func aStateOfAnotherKindIsNamed() throws {
        let training = try Trained(.quadratic(), try policy("nls"), "stop.iterations=2")
        try training.run()
        let document = try training.trainer.save(training.objective)
        #expect(document.metadata["eos.kind"]?.hasPrefix("eos.trainer/") == true)
        document.metadata["eos.kind"] = "eos.replay/7"
        let state = try reread(document)
        let error = failure { try training.trainer.load(state, training.objective) }
        #expect(error.status == EOS_E_FORMAT)
        #expect(error.message.contains("eos.replay/7"))
    }
}
