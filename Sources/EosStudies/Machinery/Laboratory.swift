import CEos
import EosCore
import EosPluginHost
import EosRuns
import Synchronization

/// What a computation works with: the plugins that were found.
public struct Laboratory: Sendable {
    public let workbench: Workbench
    private let cancelled: Cancellation

    init(_ workbench: Workbench, _ cancelled: Cancellation) {
        self.workbench = workbench
        self.cancelled = cancelled
    }

    /// Whether nobody waits for the result any more; a computation of more than some seconds asks now and then.
    public var isCancelled: Bool { cancelled.isCancelled }

    /// - Throws: `EOS_E_CANCELLED` where nobody waits for the result any more.
    public func check() throws(EosError) {
        if isCancelled { throw EosError(EOS_E_CANCELLED, "interrupted") }
    }

    /// An objective on one thread, with keys as in `eos train --set`, without `objective.`: "layers=[16,32,10] seed=1".
    public func objective(_ plugin: String, _ keys: String = "") throws(EosError) -> any Objective {
        var configuration = Configuration()
        try configuration.set(assignments: keys)
        return try workbench.catalogue.makeObjective(plugin, configuration, host: Host(threads: 1, scope: .process))
    }

    public func policy(_ name: String, _ keys: String = "") throws(EosError) -> any Policy {
        var configuration = Configuration()
        try configuration.set(assignments: keys)
        return try workbench.catalogue.makePolicy(name, configuration, host: Host(threads: 1, scope: .process))
    }

    /// A trainer at the objective's initial point, with settings as `TrainerSettings` takes them:
    /// "seed=1 stop.iterations=100 sharpness.every=10".
    public func trainer(
        _ objective: any Objective, _ policy: any Policy, _ settings: String
    ) throws(EosError) -> Trainer {
        var configuration = Configuration()
        try configuration.set(assignments: settings)
        let trainer = try Trainer(
            objective: objective, policy: policy, settings: try TrainerSettings(configuration))
        // A study says how long it trains.
        trainer.givesUp = false
        return trainer
    }
}

/// Set once, from any thread.
final class Cancellation: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .acquiring) }

    func cancel() { flag.store(true, ordering: .releasing) }
}
