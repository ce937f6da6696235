import CEos
import CRecursion
import EosCore
import EosPluginHost
import EosRuns
import Foundation

// The mean model of "Learning threshold neurons via the edge of stability" (arXiv 2212.07469) at a millionth of its threshold,
// where it neither stops nor leaves: in plain C, by the trainer through the plugin's table, and as a run that records
// every thousandth iterate; in turn within one run of the benchmark, so that what else the machine does comes out.
let iterations = 5_000_000
let rounds = 7
let dimension = 200.0
let step = 1e-6 * 8 * Double.pi / (dimension * dimension)

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

var catalogue = Catalogue()
try catalogue.add(Plugin.load(path: CommandLine.arguments[1]))
let host = Host(threads: 1)
var keys = Configuration()
try keys.set(assignments: "d=200 start=[1,0]")
let objective = try catalogue.makeObjective("mean-model", keys, host: host)

@MainActor func plain() -> Double {
    let start = now()
    let state = mean_model_recursion(dimension, step, 1, 0, Int64(iterations))
    precondition(state.loss > 0)
    return (now() - start) / Double(iterations)
}

@MainActor func trained() throws -> Double {
    var keys = Configuration()
    try keys.set(assignments: "stop.iterations=\(iterations) stop.gradient_norm=0 stop.loss=0")
    var constant = Configuration()
    constant["step"] = .number(step)
    let trainer = try Trainer(
        objective: objective, policy: try BuiltInPolicies.kind("constant")!.make(constant),
        settings: try TrainerSettings(keys))
    let start = now()
    try trainer.run(objective)
    precondition(trainer.progress.iteration == iterations)
    return (now() - start) / Double(iterations)
}
for _ in 1...rounds {
    print(plain() * 1e9, try trained() * 1e9)
}
