import CEos
import CEosGuard
import EosCore
import EosPluginHost

extension ForeignLibrary: Maker {
    /// The manifest's own sentence, with its line, where a value does not fit or a call of the library fails.
    public func makeObjective(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> Objective {
        guard let objective = manifest.objectives.first(where: { $0.id == offer.id }) else {
            throw EosError(EOS_E_NOT_FOUND, "\(manifest.file) offers no objective \(offer.id)")
        }
        return try makeObjective(objective, values, failures: host.failures, owner: host)
    }

    /// - Parameter values: for all keys of the objective's schema.
    public func makeObjective(
        _ objective: ObjectiveManifest, _ values: Configuration, failures: FailureNote? = nil, owner: AnyObject? = nil
    ) throws(EosError) -> Objective {
        let host = owner as? Host
        let calls = host?.watch(over: manifest.path) ?? .none
        let made = try calls.calling(CALL_CREATE) { () throws(EosError) in
            try setup.finish(self, for: host)
            return try ForeignObjective(self, objective, values, failures, host.map { .object($0) } ?? .nobody)
        }
        return try Objective(
            ops: ForeignObjective.table(hasProduct: objective.product != nil),
            instance: Unmanaged.passRetained(made).toOpaque(), failures: failures, owner: owner,
            threads: host?.pool, calls: calls)
    }

    public func makePolicy(_ offer: Offer, _ values: Configuration, host: Host) throws(EosError) -> any Policy {
        guard let policy = manifest.policies.first(where: { $0.id == offer.id }) else {
            throw EosError(EOS_E_NOT_FOUND, "\(manifest.file) offers no policy \(offer.id)")
        }
        let calls = host.watch(over: manifest.path)
        let made = try calls.calling(CALL_CREATE) { () throws(EosError) in
            try setup.finish(self, for: host)
            return try policy.makePolicy(self, values, host: host)
        }
        return GuardedPolicy(made, calls)
    }
}
