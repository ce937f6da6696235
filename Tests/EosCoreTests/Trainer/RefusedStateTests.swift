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

    /// Of a later version, or of nobody: the fourth number of what is saved is why training stopped.
    @Test(arguments: [12, -1, 1 << 40]) func anUnknownStopReasonIsRefused(_ reason: Int) throws {
        let training = try Trained(.quadratic(), try policy("nls"), "stop.iterations=2")
        try training.run()
        let saved = try reread(try training.trainer.save(training.objective))
        func changed(to reason: Int) throws -> SavedState {
            let document = StateDocument()
            document.metadata = saved.metadata
            for name in saved.names {
                let (type, shape) = try #require(saved.layout(name))
                try saved.withTensor(name, type) { bytes throws(EosError) in
                    guard name == "eos.trainer" else {
                        return document.borrow(StateTensor(name: name, type: type, shape: shape, bytes: bytes))
                    }
                    var numbers = Array(bytes)
                    withUnsafeBytes(of: reason.littleEndian) { numbers.replaceSubrange(24..<32, with: $0) }
                    document.add(name, bytes: numbers)
                }
            }
            return try reread(document)
        }
        try training.trainer.load(try changed(to: Int(StopReason.iterations.rawValue)), training.objective)
        let error = failure { try training.trainer.load(try changed(to: reason), training.objective) }
        #expect(error == Failure(status: EOS_E_FORMAT, message: "the saved state has an unknown stop reason"))
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
