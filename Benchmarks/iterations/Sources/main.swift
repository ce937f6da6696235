import CEos
import CRecursion
import EosCore
import EosPluginHost
import EosRuns
import Foundation

// The mean model of "Learning threshold neurons via the edge of stability" (2022, arXiv 2212.07469) at a millionth of
// its threshold, where it neither ends nor leaves: the plain recursion in C; the trainer through the plugin's table;
// and a run that records every thousandth iterate. In turn within one run of the benchmark, so that what else the
// machine does comes out.
let iterations = 5_000_000
let rounds = 9
let dimension = 200.0
let step = 1e-6 * 8 * Double.pi / (dimension * dimension)
/// Iterations a second that a run has to make.
let bar = 5e6

let text = """
    name = "iterations"
    [objective]
    plugin = "mean-model"
    d = \(Int(dimension))
    start = [1, 0]
    [policy]
    name = "constant"
    step = \(step)
    [stop]
    iterations = \(iterations)
    loss = 0
    gradient_norm = 0
    [telemetry]
    every = 1000
    [probes.sharpness]
    every = 0
    [probes.metrics]
    every = 0
    """

struct Loaded: SpecCatalogue {
    let catalogue: Catalogue
    func objective(_ name: String) throws(EosError) -> SpecTaker {
        SpecTaker(try catalogue.find(.objective, name).schema)
    }
    func policy(_ name: String) -> SpecTaker { SpecTaker(BuiltInPolicies.kind(name)!.schema) }
}

var catalogue = Catalogue()
try catalogue.add(LoadedPlugin.load(path: CommandLine.arguments[1]))
let host = EosPluginHost.Host(threads: 1)
let spec = try RunSpec(
    text: text, file: "iterations.toml", directory: nil, name: "iterations", catalogue: Loaded(catalogue: catalogue))
let objective = try catalogue.makeObjective(spec.plugin, spec.objective, host: host)

/// Of the whole process, which has one processor's work to do, and on the wall.
struct Lap {
    let processor: Double
    let wall: Double

    /// Nanoseconds an iteration.
    static func measure(_ body: () throws -> Void) rethrows -> Lap {
        let start = (now(CLOCK_PROCESS_CPUTIME_ID), now(CLOCK_MONOTONIC))
        try body()
        let end = (now(CLOCK_PROCESS_CPUTIME_ID), now(CLOCK_MONOTONIC))
        return Lap(
            processor: (end.0 - start.0) * 1e9 / Double(iterations), wall: (end.1 - start.1) * 1e9 / Double(iterations))
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

@MainActor func plain() -> Lap {
    Lap.measure {
        let state = mean_model_recursion(dimension, step, 1, 0, Int64(iterations))
        precondition(state.loss > 0)
    }
}

@MainActor func trained() throws -> Lap {
    let trainer = try Trainer(
        objective: objective, policy: try BuiltInPolicies.kind(spec.policyName)!.make(spec.policy),
        settings: try TrainerSettings(spec.trainerSettings))
    return try Lap.measure {
        try trainer.run(objective)
        precondition(trainer.progress.iteration == iterations)
    }
}

@MainActor func recorded(in parent: String) throws -> Lap {
    let session = try RunSession.begin(
        spec, objective: objective, policy: try BuiltInPolicies.kind(spec.policyName)!.make(spec.policy)
    ) { () throws(EosError) in try RunDirectory.create(in: parent, name: spec.name) }
    let lap = try Lap.measure {
        let summary = try session.run()
        precondition(summary.numbers.iteration == iterations)
    }
    session.directory.discard()
    return lap
}

/// Each line as soon as it is known.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

let directory = CommandLine.arguments[2]
var laps: [[Lap]] = []
say("nanoseconds of a processor an iteration    plain C    trainer        run")
for round in 1...rounds {
    laps.append([plain(), try trained(), try recorded(in: directory)])
    say(String(format: "%-40d", round) + laps.last!.map { String(format: "%10.1f ", $0.processor) }.joined())
}

@MainActor func medians(_ value: (Lap) -> Double) -> [Double] {
    (0..<3).map { kind in laps.map { value($0[kind]) }.sorted()[rounds / 2] }
}

/// The least disturbed round.
let best = (0..<3).map { kind in laps.map { $0[kind].processor }.min()! }
let typical = medians(\.processor)
for (name, times) in [("median", typical), ("best", best)] {
    say(name.padding(toLength: 40, withPad: " ", startingAt: 0) + times.map { String(format: "%10.1f ", $0) }.joined())
}
func rate(_ nanoseconds: Double) -> String { String(format: "%.2f", 1e3 / nanoseconds) }
let rates = typical.map(rate)
say("million iterations a second, median: plain C \(rates[0]), trainer \(rates[1]), run \(rates[2])")
let ratios = typical.map { String(format: "%.2f", $0 / typical[0]) }
say("times plain C: trainer \(ratios[1]), run \(ratios[2])")
say("on the wall a run makes \(rate(medians(\.wall)[2])) million iterations a second")
exit(1e9 / typical[2] >= bar ? 0 : 1)
