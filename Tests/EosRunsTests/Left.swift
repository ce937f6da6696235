import EosCore
import EosRunModel
import EosRuns
import Foundation

/// What a run left: every iterate and measurement but for the seconds, and the parameters of its last checkpoint.
struct Left: Equatable {
    var iterates: [RunNumbers] = []
    var probes: [ProbeRecord] = []
    var parameters: [UInt64] = []

    init(_ directory: RunDirectory) throws {
        let database = try RunDatabase.open(directory, readOnly: true)
        try database.forEachIterate { iterate, probes in
            var iterate = iterate
            iterate[.seconds] = nil
            iterates.append(iterate)
            self.probes += probes
        }
        let store = CheckpointStore(directory.checkpoints, keep: 100)
        guard let last = try store.iterations().first else { return }
        let state = try store.load(last)
        for name in ["head", "tail", "eos.gradient"] { parameters += try state.numbers(name).map(\.bitPattern) }
    }
}

func begin(
    _ spec: RunSpec, _ scratch: Scratch, objective: (any Objective)? = nil, files: FileOperations = .system
) throws -> RunSession {
    try RunSession.begin(
        spec, objective: try objective ?? TestObjective.make(), policy: try makePolicy(spec), files: files
    ) { () throws(EosError) in try RunDirectory.create(in: scratch.path, name: spec.name) }
}

func resume(
    _ spec: RunSpec, _ directory: RunDirectory, objective: (any Objective)? = nil, files: FileOperations = .system,
    facts: [(name: String, value: String)] = [], isForced: Bool = false, warnings: inout [String]
) throws -> RunSession {
    try RunSession.resume(
        spec, objective: try objective ?? TestObjective.make(), policy: try makePolicy(spec), facts: facts,
        directory: directory, isForced: isForced, files: files
    ) { warnings.append($0) }
}

/// Short, with a checkpoint after every iteration.
let durableRun = """
    name = "durable"
    [objective]
    plugin = "rosen"
    seed = 4
    [policy]
    name = "nls"
    [stop]
    iterations = 5
    [probes.sharpness]
    every = 2
    [probes.metrics]
    every = 2
    [checkpoint]
    every_seconds = 1e-9
    keep = 2
    """

/// A copy of a run's directory, which nobody holds the lock of.
func copy(_ directory: RunDirectory, in scratch: Scratch) throws -> RunDirectory {
    let path = "\(scratch.path)/copy-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: directory.path, toPath: path)
    return try RunDirectory.open(path)
}

extension Left {
    /// Without what was measured because a part of the run ended there.
    var withoutEnds: Left {
        var left = self
        left.probes.removeAll { $0.iteration % 2 != 0 }
        return left
    }
}
