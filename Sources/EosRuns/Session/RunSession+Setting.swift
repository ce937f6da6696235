import CEos
import EosCore
import EosPluginHost

/// Keys that are set while the training goes on.
extension RunSession {
    /// What makes parts of a session anew from a changed spec.
    public struct Retuning {
        /// The spec of the run with assignments on top, checked; throws for keys that are not live.
        let spec: ([String]) throws(EosError) -> RunSpec
        let policy: (RunSpec) throws(EosError) -> any Policy

        public init(
            spec: @escaping ([String]) throws(EosError) -> RunSpec,
            policy: @escaping (RunSpec) throws(EosError) -> any Policy
        ) {
            self.spec = spec
            self.policy = policy
        }
    }

    /// Between two iterations: takes over what was asked for, and answers.
    func applySettings() {
        for setting in requests.takeSettings() {
            do throws(EosError) {
                try apply(setting.assignments)
                setting.done(nil)
            } catch {
                setting.done(error)
            }
        }
    }

    /// A checkpoint comes first: whether the process is lost before or after the spec has changed, the run goes on from
    /// here, without the change or with it, and no iteration is made again with other settings.
    private func apply(_ assignments: [String]) throws(EosError) {
        guard let retuning else {
            throw EosError(EOS_E_UNSUPPORTED, "no key of this run can change while it trains; pause it first")
        }
        let changed = try retuning.spec(assignments)
        let settings = try TrainerSettings(changed.trainerSettings)
        try checkpointOnTheWay()
        if changed.policy != spec.policy { try trainer.replace(policy: try retuning.policy(changed)) }
        trainer.replace(settings: settings)
        spec = changed
        try adoptTelemetry()
        try files.replace(directory.spec, with: changed.text)
        let iteration = Int(trainer.progress.iteration)
        for assignment in assignments { log.write(Int(EOS_LOG_INFO), "set at iteration \(iteration): \(assignment)") }
        try database.record(settings: assignments, iteration: iteration)
    }
}

extension Workbench {
    /// What sets live keys of a run that is going.
    public func retuning(of directory: RunDirectory, host: Host) -> RunSession.Retuning {
        RunSession.Retuning(
            spec: { (assignments) throws(EosError) in
                try SpecChange.apply(assignments, to: directory.spec, whileGoing: true, catalogue: self)
            }, policy: { (spec) throws(EosError) in try makePolicy(for: spec, host: host) })
    }
}
