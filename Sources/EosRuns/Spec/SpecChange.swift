import CEos
import EosCore

/// Which keys of a run may change, and when.
public enum SpecChange {
    /// What belongs to the run's surroundings: it may change whenever the run is not going.
    private static let outer = ["stop.", "probes.", "telemetry.", "checkpoint.", "limits.", "restart.", "compute."]

    /// The spec at `path` with assignments on top.
    ///
    /// - Throws: `EOS_E_CONFIG` for keys that stay as they are, and for values that are wrong.
    static func apply(
        _ assignments: [String], to path: String, whileGoing: Bool, catalogue: some SpecCatalogue
    ) throws(EosError) -> RunSpec {
        let spec = try RunSpec(path: path, catalogue: catalogue)
        for assignment in assignments {
            try check(assignment, of: spec, whileGoing: whileGoing, catalogue: catalogue)
        }
        return try RunSpec(path: path, overrides: assignments, catalogue: catalogue)
    }

    /// - Parameters:
    ///   - assignment: `key=value`.
    ///   - spec: of the run.
    ///   - whileGoing: whether the run is going: only live keys may change, then.
    /// - Throws: `EOS_E_CONFIG` for a key that stays as it is.
    public static func check(
        _ assignment: String, of spec: RunSpec, whileGoing: Bool, catalogue: some SpecCatalogue
    ) throws(EosError) {
        let key = String(assignment.prefix { $0 != "=" }).filter { $0 != " " }
        if try isLive(key, spec, catalogue) { return }
        if !whileGoing, outer.contains(where: { key.hasPrefix($0) }) { return }
        throw EosError(
            EOS_E_CONFIG,
            whileGoing && outer.contains { key.hasPrefix($0) }
                ? "\(key) can't change while the run trains; pause it first"
                : "\(key) can't change after the start of a run; change stop, probes, telemetry, checkpoint, limits, "
                    + "restart, compute or the live keys of the policy (`eos policies` marks them)")
    }

    private static func isLive(_ key: String, _ spec: RunSpec, _ catalogue: some SpecCatalogue) throws(EosError) -> Bool
    {
        if let parameter = SpecSchema.parameter(key) { return parameter.flags.contains(.live) }
        guard key.hasPrefix("policy.") else { return false }
        let own = key.dropFirst("policy.".count)
        let schema = try catalogue.policy(spec.policyName).schema
        return schema.parameters.first { $0.key == own }?.flags.contains(.live) ?? false
    }
}
