import CEos
import EosCore

extension Check where Subject == PolicySubject {
    /// Saved and loaded between any two calls.
    static var state: Check {
        Check("state", "the policy can be saved and loaded between any two calls") { subject throws(EosError) in
            guard subject.isSteady else { return .skipped("there is nothing to compare; see determinism") }
            var size = 0
            for form in [ClosedForm.rosenbrock, .quadratic] {
                let plain = try subject.train(form, with: try subject.make())
                let exchanged = try subject.train(
                    form, with: try subject.make(),
                    exchange: { policy throws(EosError) in
                        let state = try policy.save()
                        size = max(size, state.count)
                        var next = try subject.make()
                        try load(&next, state)
                        return next
                    })
                guard plain.policy.calls == exchanged.policy.calls else {
                    let at = zip(plain.policy.calls, exchanged.policy.calls).prefix { $0 == $1 }.count
                    return .fail(
                        "saved and loaded before every call, it gives different steps on \(form.name) from call "
                            + "\(at) on; save all "
                            + "state that propose and judge read")
                }
            }
            if size == 0 { return .pass("it has no state, and a new one continues with the same steps") }
            return try damages(subject)
        }
    }

    private static func load(_ policy: inout any Policy, _ state: [UInt8]) throws(EosError) {
        var failure: EosError?
        state.withUnsafeBytes { bytes in
            do throws(EosError) { try policy.load(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func damages(_ subject: PolicySubject) throws(EosError) -> [Finding] {
        let policy = try subject.make()
        _ = try subject.train(.rosenbrock, with: policy, iterations: 10)
        let state = try policy.save()
        var accepted: [String] = []
        for damage in StateStream.damaged(state) {
            subject.parent.note("loading state \(damage.name)")
            var victim = try subject.make()
            do throws(EosError) {
                try load(&victim, damage.bytes)
                if damage.isCut {
                    return .fail("load accepts state \(damage.name); return EOS_E_FORMAT, as eos_read_all does")
                }
                accepted.append(damage.name)
            } catch {
                continue
            }
        }
        let foreign = Array("a state of some other policy".utf8) + [UInt8](repeating: 7, count: 3)
        var victim = try subject.make()
        if (try? load(&victim, foreign)) != nil { accepted.append("of another policy") }
        guard let first = accepted.first else {
            return .pass("\(state.count) bytes; cut, extended and changed ones are refused")
        }
        return .warning(
            "load accepts \(accepted.count) kinds of state that it did not save, such as state \(first); checkpoints "
                + "of eos have a checksum, but others would be accepted; check a length, a version or a checksum")
    }
}
