import CEos
import CEosGuard
import EosCore
import EosPluginHost

extension ForeignLibrary: Maker {
    /// The manifest's own sentence, with its line, where a value does not fit or a call of the library fails.
    public func makeObjective(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Objective {
        guard let objective = manifest.objectives.first(where: { $0.id == offer.id }) else {
            throw EosError(EOS_E_NOT_FOUND, "\(manifest.file) does not offer the objective \(offer.id)")
        }
        return try making(host) { calls throws(EosError) in
            try ForeignObjective(self, objective, values, host: host, calls)
        }
    }

    public func makePolicy(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Policy {
        guard let policy = manifest.policies.first(where: { $0.id == offer.id }) else {
            throw EosError(EOS_E_NOT_FOUND, "\(manifest.file) does not offer the policy \(offer.id)")
        }
        return try making(host) { calls throws(EosError) in
            GuardedPolicy(try policy.makePolicy(self, values, host: host), calls)
        }
    }

    /// Makes an object once the setup calls have run; what stands around the making stands around its calls, too.
    private func making<Object>(
        _ host: Host, _ make: (CallGuard) throws(EosError) -> Object
    ) throws(EosError) -> Object {
        let calls = host.watch(over: manifest.path)
        return try calls.calling(CALL_CREATE) { () throws(EosError) in
            try setup.finish(self, for: host)
            return try make(calls)
        }
    }
}
