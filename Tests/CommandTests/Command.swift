import Foundation
import TestSupport
import Testing

/// The built `eos`, in a directory of its own that is gone afterwards.
final class Command {
    typealias Result = ProgramResult

    var directory: String { place.path }
    /// Added to the environment.
    var environment: [String: String?] = ["EOS_PLUGIN_PATH": String?.none, "EOS": program]

    private let place: TemporaryDirectory
    private static let program = Tree.products + "/eos"

    init() throws {
        place = try TemporaryDirectory()
        // What is remembered of plugins goes with them.
        environment["XDG_CACHE_HOME"] = place.path + "/.cache"
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
    }

    /// Builds the objective `misbehaving` and puts it on the plugin path.
    func build(_ defines: String) throws {
        environment["EOS_PLUGIN_PATH"] = "."
        let compile = "cc -shared -fPIC -O1 \(defines) -I '\(Tree.root)/include'"
        let result = try shell("\(compile) -o misbehaving.so '\(Tree.root)/Tests/Fixtures/misbehaving.c'")
        try #require(result.status == 0, "\(result.error)")
    }

    func callAsFunction(_ arguments: String...) throws -> Result {
        try run(Self.program, arguments)
    }

    /// Runs a shell command in which `$EOS` is the program.
    func shell(_ script: String) throws -> Result { try run("/bin/sh", ["-c", script]) }

    private func run(_ program: String, _ arguments: [String]) throws -> Result {
        try start(program, arguments).result()
    }

    func start(_ arguments: String...) throws -> StartedProgram { try start(Self.program, arguments) }

    private func start(_ program: String, _ arguments: [String]) throws -> StartedProgram {
        try StartedProgram(program, arguments, in: directory, environment: environment)
    }
}

/// The members of the one JSON object on standard output.
func members(_ text: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(object as? [String: Any])
}

/// A spec of the valley, which takes long enough to be interrupted where it is told to go on.
func valley(_ more: String = "") -> String {
    """
    name = "valley"
    [objective]
    plugin = "rosenbrock"
    size = 20
    [policy]
    name = "nls"
    [stop]
    loss = 0
    iterations = 400
    [probes.sharpness]
    every = 25

    """ + more
}

/// Rows of `eos export` without the seconds, which differ from run to run.
func records(_ export: String) -> [[Substring]] {
    export.split(separator: "\n").map { line in
        var cells = line.split(separator: ",", omittingEmptySubsequences: false)
        cells.remove(at: 7)
        return cells
    }
}
