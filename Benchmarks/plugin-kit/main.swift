import CEos
import EosPluginKit
import Glibc
import Hand

let plugin = Plugin(id: "bench", version: "1", licence: "none", objectives: [Bowl.self], policies: [Armijo.self])
var host = eos_host()
var objectiveOps: UnsafePointer<eos_objective_ops>?
var objective: UnsafeMutableRawPointer?
let objectives = plugin.objectiveFactory.pointee
guard objectives.create(objectives.ctx, &host, "bench.bowl", nil, &objectiveOps, &objective) == EOS_OK else { exit(1) }
var policyOps: UnsafePointer<eos_policy_ops>?
var policy: UnsafeMutableRawPointer?
let policies = plugin.policyFactory.pointee
guard policies.create(policies.ctx, &host, "bench.armijo", nil, &policyOps, &policy) == EOS_OK else { exit(1) }
guard let handObjective = hand_objective_new(), let handPolicy = hand_policy_new() else { exit(1) }

/// The least of nine, the two taken in turn: what else the machine does comes out.
func compare(_ name: String, _ hand: () -> Double, _ kit: () -> Double) {
    var least = (hand: Double.infinity, kit: Double.infinity)
    for _ in 0..<9 {
        least.hand = min(least.hand, hand())
        least.kit = min(least.kit, kit())
    }
    print(
        name, "hand", (least.hand * 100).rounded() / 100, "ns, kit", (least.kit * 100).rounded() / 100, "ns, ratio",
        (least.kit / least.hand * 100).rounded() / 100)
}

let calls: Int64 = 5_000_000
withUnsafePointer(to: hand_objective) { table in
    compare(
        "evaluate", { time_evaluate(table, handObjective, calls) }, { time_evaluate(objectiveOps, objective, calls) })
    compare(
        "ray_value", { time_ray_value(table, handObjective, calls) }, { time_ray_value(objectiveOps, objective, calls) }
    )
}
withUnsafePointer(to: hand_policy) { table in
    compare("propose + judge", { time_policy(table, handPolicy, calls) }, { time_policy(policyOps, policy, calls) })
}
