import CEos
import EosCore
import EosPluginHost
import EosRuns
import Foundation

/// A run that is looked at: what it recorded, and what it takes to go through it once more.
///
/// A run that is going may be analysed; it is taken as it stands.
public struct AnalysedRun {
    public let directory: RunDirectory
    public let spec: RunSpec
    public let trajectory: Trajectory
    private let workbench: Workbench

    /// - Parameter workbench: has the plugins of the run.
    /// - Throws: what reading the spec and the records throws.
    public init(_ directory: RunDirectory, workbench: Workbench) throws(EosError) {
        self.directory = directory
        self.workbench = workbench
        spec = try RunSpec(path: directory.spec, catalogue: workbench)
        trajectory = try Trajectory(directory)
    }

    /// Whether the run failed because a value or a gradient was not finite. No status is recorded, only the sentence of
    /// the trainer.
    public func endsNonFinite() throws(EosError) -> Bool {
        guard let last = try RunDatabase.open(directory, readOnly: true).lastState(), last.state == .failed else {
            return false
        }
        return last.reason.contains("is not finite") || last.reason.hasPrefix("the value is ")
    }

    /// The value of a key of the policy; nil where it has no such key, or one without a number.
    public func policyNumber(_ key: String) -> Double? {
        guard case .number(let value)? = spec.policy[key], value.isFinite else { return nil }
        return value
    }

    /// The whole id of the objective, as "eos.product".
    public var objectiveID: String { (try? workbench.catalogue.find(.objective, spec.plugin).id) ?? spec.plugin }

    /// The objective of the run, made anew: it reads its data and takes its memory.
    public func makeObjective() throws(EosError) -> any Objective {
        do throws(EosError) { return try workbench.makeObjective(for: spec, host: makeHost()) } catch {
            throw error.within("\(directory.spec): [objective]")
        }
    }

    public func makeReplay() throws(EosError) -> Replay {
        try Replay(trajectory, objective: try makeObjective(), seed: spec.seed, policy: try makePolicy())
    }

    /// Refuses a run whose steps do not lie along -g.
    ///
    /// - Parameter what: "phases", for the message.
    /// - Throws: `EOS_E_UNSUPPORTED`.
    func requireSteepestDescent(for what: String) throws(EosError) {
        guard try makePolicy().historyPairs > 0 else { return }
        throw EosError(
            EOS_E_UNSUPPORTED,
            "\(what) need steps along the negative gradient, but the policy \(spec.policyName) uses other directions; "
                + "train with another policy")
    }

    private func makePolicy() throws(EosError) -> any Policy {
        do throws(EosError) { return try workbench.makePolicy(for: spec, host: makeHost()) } catch {
            throw error.within("\(directory.spec): [policy]")
        }
    }

    private func makeHost() -> EosPluginHost.Host { workbench.makeHost(for: spec, directories: [directory.path]) }
}
