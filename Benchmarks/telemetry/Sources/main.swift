import CEos
import EosCore
import EosRuns
import Foundation

// The step rate of a run with a record of every iterate, events and a checkpoint each second, beside that of the trainer
// alone: taken in turn within one run, so that what else the machine does comes out.
let iterations = 15_000
let pairs = 11
/// Left out at the start: the first batches and what is loaded once.
let warmUp = 500

let text = """
    name = "telemetry"
    [objective]
    plugin = "busy"
    [policy]
    name = "constant"
    step = 1e-6
    [stop]
    iterations = \(iterations)
    [probes.sharpness]
    every = 0
    [probes.metrics]
    every = 0
    [checkpoint]
    every_seconds = 1
    """

struct BusyCatalogue: SpecCatalogue {
    func objective(_ name: String) -> SpecTaker { SpecTaker(Schema([])) }
    func policy(_ name: String) -> SpecTaker { SpecTaker(BuiltInPolicies.kind(name)!.schema) }
}

let spec = try RunSpec(
    text: text, file: "telemetry.toml", directory: nil, name: "telemetry", catalogue: BusyCatalogue())
let objective = try BusyObjective.make(seconds: 1e-4)

@MainActor func makePolicy() throws -> any Policy { try BuiltInPolicies.kind(spec.policyName)!.make(spec.policy) }

/// Notes when the iterations that count begin and end.
struct Lap {
    private var start = 0.0
    private(set) var seconds = 0.0

    mutating func note(_ iteration: Int64) {
        if iteration == Int64(warmUp) { start = now() }
        if iteration == Int64(iterations) { seconds = now() - start }
    }

    var rate: Double { Double(iterations - warmUp) / seconds }
}

/// Steps a second of the trainer alone.
@MainActor func bare() throws -> Double {
    var lap = Lap()
    let trainer = try Trainer(
        objective: objective, policy: try makePolicy(), settings: try TrainerSettings(spec.trainerSettings))
    trainer.observer = { progress in
        lap.note(progress.iteration)
        return false
    }
    while try trainer.step(objective) {}
    return lap.rate
}

/// Steps a second of a run that is recorded and saved.
@MainActor func recorded(in parent: String) throws -> Double {
    var lap = Lap()
    let session = try RunSession.begin(spec, objective: objective, policy: try makePolicy()) {
        () throws(EosError) in try RunDirectory.create(in: parent, name: spec.name)
    }
    session.onProgress = { lap.note($0.iteration) }
    _ = try session.run()
    session.directory.discard()
    return lap.rate
}

setvbuf(stdout, nil, _IOLBF, 0)
let directory = CommandLine.arguments[1]
var rates: [(on: Double, off: Double)] = []
print("pair   on, steps/s  off, steps/s   cost")
for pair in 1...pairs {
    // In turn which comes first.
    let first = pair % 2 == 0 ? try bare() : try recorded(in: directory)
    let second = pair % 2 == 0 ? try recorded(in: directory) : try bare()
    let (on, off) = pair % 2 == 0 ? (second, first) : (first, second)
    rates.append((on, off))
    print(String(format: "%4d  %12.0f  %12.0f  %5.2f %%", pair, on, off, 100 * (1 - on / off)))
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

let (on, off) = (median(rates.map(\.on)), median(rates.map(\.off)))
let cost = 100 * (1 - on / off)
print(
    String(
        format: "medians: %.0f and %.0f steps/s: telemetry and checkpoints cost %.2f %% (of pairs: %.2f %%)", on, off,
        cost, 100 * (1 - median(rates.map { $0.on / $0.off }))))
exit(cost < 2 ? 0 : 1)
