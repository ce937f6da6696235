import Foundation
import TestSupport
import Testing

/// The built `eos`, in a directory of its own that is gone afterwards.
final class Command {
    struct Result {
        let status: Int32
        let output: String
        let error: String

        /// The lines on standard error that tell of an error.
        var messages: [String] {
            error.split(separator: "\n").map(String.init)
                .filter { $0.hasPrefix("eos: ") && !$0.hasPrefix("eos: warning: ") }
        }
    }

    var directory: String { place.path }
    /// Added to the environment.
    var environment: [String: String] = [:]

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
        let started = try start(program, arguments)
        started.process.waitUntilExit()
        return try started.result()
    }

    /// A process that is going, and where it writes to.
    struct Started {
        let process: Process
        let files: [String]

        /// Returns once `text` stands on standard error; fails where the process ends before.
        func wait(for text: String) throws {
            while try !String(contentsOfFile: files[1], encoding: .utf8).contains(text) {
                try #require(process.isRunning)
                usleep(2000)
            }
        }

        func result() throws -> Result {
            let texts = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
            // As a shell counts what a signal ended.
            let signalled = process.terminationReason == .uncaughtSignal
            return Result(
                status: process.terminationStatus + (signalled ? 128 : 0), output: texts[0], error: texts[1])
        }
    }

    func start(_ arguments: String...) throws -> Started { try start(Self.program, arguments) }

    private func start(_ program: String, _ arguments: [String]) throws -> Started {
        // Files, because a full pipe would stop a process that nobody reads.
        let files = ["out", "err"].map { "\(directory)/.\($0)-\(UUID().uuidString)" }
        for file in files { try Data().write(to: URL(filePath: file)) }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        var environment = ProcessInfo.processInfo.environment
        environment["EOS_PLUGIN_PATH"] = nil
        environment["EOS"] = Self.program
        environment.merge(self.environment) { $1 }
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files[0]))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: files[1]))
        try process.run()
        return Started(process: process, files: files)
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
