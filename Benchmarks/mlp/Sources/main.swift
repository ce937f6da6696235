import CEos
import EosCore
import EosPluginHost
import Foundation

// Prices on 3072-200-200-10, tanh, mean squared error, 5000 samples, f32, as ratios of what is measured in turn within one
// run, so that what else the machine does comes out.
let rounds = 15
/// Iterations of a training in each round.
let iterations = 4

let data =
    ProcessInfo.processInfo.environment["EOS_DATA_DIR"] == nil
    ? "data.generator=clusters data.dimension=3072"
    : "data.file=cifar10/cifar10_5k_train.bin.gz data.format=cifar data.standardize=global"
var catalogue = Catalogue()
try catalogue.add(Plugin.load(path: CommandLine.arguments[1]))

/// One of its own for each training, so that none ends what another keeps.
@MainActor func makeObjective() throws -> Objective {
    var configuration = Configuration()
    try configuration.set(
        assignments: "layers=[3072,200,200,10] activation=tanh loss=mse dtype=f32 data.train=5000 \(data)")
    return try catalogue.makeObjective("mlp", configuration, host: Host(threads: 1))
}

/// Seconds of the processor that the process used: one thread does all the work.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    let start = now()
    try body()
    return now() - start
}

/// A training that goes on from round to round.
@MainActor final class Training {
    let objective: Objective
    let trainer: Trainer

    init(_ policy: any Policy) throws {
        objective = try makeObjective()
        var settings = Configuration()
        try settings.set(assignments: "seed=1 stop.iterations=1000000")
        trainer = try Trainer(objective: objective, policy: policy, settings: try TrainerSettings(settings))
        _ = try trainer.step(objective)
    }

    var trials: Int { Int(trainer.progress.value_evaluations) }

    /// Seconds an iteration.
    func advance() throws -> Double {
        try seconds { for _ in 0..<iterations { _ = try trainer.step(objective) } } / Double(iterations)
    }
}

/// Calls at one point.
@MainActor final class Calls {
    let objective = try! makeObjective()
    private let x: Vector
    private let d: Vector
    private let out: Vector

    init() throws {
        (x, d) = (try objective.space.makeVector(), try objective.space.makeVector())
        out = try objective.space.makeVector()
        try objective.initialPoint(seed: 1, into: x.pointer)
        _ = try objective.evaluate(at: x.pointer, gradient: d.pointer)
        objective.space.scale(d.pointer, by: -1, into: d.pointer)
        try check(objective.ops.ray_begin(objective.instance, x.pointer, d.pointer))
        try check(objective.ops.linearize(objective.instance, x.pointer))
        // The first product makes its memory.
        _ = try product()
    }

    private func check(_ status: eos_status) throws { precondition(status == EOS_OK) }

    func forward() throws -> Double { try seconds { _ = try objective.evaluate(at: x.pointer) } }

    /// Three trials, none of which is kept from another round.
    func trial(_ round: Int) throws -> Double {
        var value = 0.0
        return try seconds {
            for k in 1...3 {
                try check(objective.ops.ray_value(objective.instance, 0.01 * Double(k) + 1e-4 * Double(round), &value))
            }
        } / 3
    }

    func product() throws -> Double {
        try seconds { try check(objective.ops.curvature(objective.instance, d.pointer, out.pointer)) }
    }
}

struct Ratio {
    let name: String
    let bar: Double
    var values: [Double] = []

    func at(_ share: Double) -> Double { values.sorted()[Int(share * Double(values.count - 1))] }
}

var ratios = [
    Ratio(name: "NLS iteration, all trials / step of gradient descent", bar: 1.15),
    Ratio(name: "one more trial along a ray / forward pass", bar: 0.15),
    Ratio(name: "product with the Hessian / step of gradient descent", bar: 1.10),
]
let descent = try Training(ConstantStep(step: 0.05))
let search = try Training(try BuiltInPolicies.kind("nls")!.make())
let calls = try Calls()
for training in [descent, search] { _ = try training.advance() }
let before = search.trials
for round in 0..<rounds {
    let step = try descent.advance()
    ratios[0].values.append(try search.advance() / step)
    ratios[1].values.append(try calls.trial(round) / calls.forward())
    // Beside a step just before and one just after.
    let around = try (step + descent.advance()) / 2
    ratios[2].values.append(try calls.product() / around)
}
let trials = Double(search.trials - before) / Double(rounds * iterations)
print("3072-200-200-10, tanh, mse, 5000 samples, f32")
print(String(format: "%d rounds, %.2f trials an iteration of NLS", rounds, trials))
for ratio in ratios {
    let numbers = String(
        format: "median %.3f  quartiles %.3f to %.3f  range %.3f to %.3f  bar %.2f", ratio.at(0.5), ratio.at(0.25),
        ratio.at(0.75), ratio.at(0), ratio.at(1), ratio.bar)
    print(ratio.name.padding(toLength: 56, withPad: " ", startingAt: 0) + numbers)
}
exit(ratios.allSatisfy { $0.at(0.5) <= $0.bar } ? 0 : 1)
