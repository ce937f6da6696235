import CEos
import EosCore
import EosRuns
import Foundation

// What a step of a run takes with a record of every iterate, events and a checkpoint each second, beside one of the trainer
// alone: taken in turn within one run, so that what else the machine does comes out.
let iterations = 12_000
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

/// Microseconds that a step takes: by the clock on the wall, of a processor on the training's thread, and on all of them.
struct Lap {
    private static let clocks = [CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID, CLOCK_PROCESS_CPUTIME_ID]
    private var start: [Double] = []
    private(set) var step: [Double] = []

    /// Iterations before `warmUp` and what follows the last one do not count.
    mutating func note(_ iteration: Int64) {
        if iteration == Int64(warmUp) { start = Self.clocks.map { now($0) } }
        guard iteration == Int64(iterations) else { return }
        step = zip(Self.clocks, start).map { (now($0) - $1) * 1e6 / Double(iterations - warmUp) }
    }
}

/// Of the trainer alone.
@MainActor func bare() throws -> [Double] {
    var lap = Lap()
    let trainer = try Trainer(
        objective: objective, policy: try makePolicy(), settings: try TrainerSettings(spec.trainerSettings))
    trainer.observer = { progress in
        lap.note(progress.iteration)
        return false
    }
    while try trainer.step(objective) {}
    return lap.step
}

/// Of a run that is recorded and saved.
@MainActor func recorded(in parent: String) throws -> [Double] {
    var lap = Lap()
    let session = try RunSession.begin(spec, objective: objective, policy: try makePolicy()) {
        () throws(EosError) in try RunDirectory.create(in: parent, name: spec.name)
    }
    session.onProgress = { lap.note($0.iteration) }
    _ = try session.run()
    session.directory.discard()
    return lap.step
}

/// Each line as soon as it is known.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

let directory = CommandLine.arguments[1]
var laps: [(on: [Double], off: [Double])] = []
say("microseconds a step     on the wall        of the training's thread    of the process")
say("pair                  with   without  cost    with   without  cost     with   without  cost")
for pair in 1...pairs {
    // In turn which comes first.
    let first = pair % 2 == 0 ? try bare() : try recorded(in: directory)
    let second = pair % 2 == 0 ? try recorded(in: directory) : try bare()
    laps.append(pair % 2 == 0 ? (second, first) : (first, second))
    say(row("\(pair)", laps.last!))
}

func row(_ name: String, _ lap: (on: [Double], off: [Double])) -> String {
    let cells = zip(lap.on, lap.off).map { on, off in
        String(format: "%9.2f %9.2f %5.2f%%", on, off, 100 * (on / off - 1))
    }
    return name.padding(toLength: 16, withPad: " ", startingAt: 0) + cells.joined(separator: " ")
}

func medians(_ values: [[Double]]) -> [Double] {
    (0..<3).map { clock in values.map { $0[clock] }.sorted()[values.count / 2] }
}

let (on, off) = (medians(laps.map(\.on)), medians(laps.map(\.off)))
say(row("medians", (on, off)))
// The bar is for the step rate. On a machine that does other things besides, the clock on the wall tells of them: the other
// two columns say how much.
exit(on[0] / off[0] < 1.02 ? 0 : 1)
