import Foundation
import TestSupport
import Testing

/// An eosd of the test's own, with the built `eos`, in a directory that is gone afterwards.
final class Daemon {
    typealias Result = ProgramResult

    var directory: String { place.path }
    private let place: TemporaryDirectory
    private var process: Process?

    private init() throws {
        place = try TemporaryDirectory()
        try write(Self.valley, to: "valley.toml")
    }

    /// Takes a few milliseconds.
    static let valley = """
        name = "valley"
        [objective]
        plugin = "rosenbrock"
        size = 20
        [policy]
        name = "nls"
        [stop]
        loss = 0
        iterations = 300
        """

    /// What makes a run of the valley go on until it is stopped.
    static let endless = ["--set", "stop.iterations=1000000000", "--set", "probes.sharpness.every=0"]

    /// Runs `body` with an eosd; no process of it is left afterwards.
    static func with(_ body: (Daemon) throws -> Void) throws {
        let daemon = try Daemon()
        try daemon.start()
        defer { daemon.end() }
        try body(daemon)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
    }

    /// Starts eosd and returns once it answers.
    func start() throws {
        process = try launch(
            "eosd", ["--home", directory + "/home", "--socket", directory + "/s", "--max-runs", "4"], "eosd"
        ).process
        while try eos("ls").status != 0 {
            try #require(process?.isRunning == true, "\(text(of: "eosd.err"))")
            usleep(20_000)
        }
    }

    /// Ends eosd, not its workers: by a signal that it can't answer, or by one that it can.
    func stop(_ signal: Int32) {
        guard let process else { return }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        self.process = nil
    }

    func callAsFunction(_ arguments: String...) throws -> Result { try run(arguments) }
    func eos(_ arguments: String...) throws -> Result { try run(arguments) }

    func run(_ arguments: [String]) throws -> Result { try launch("eos", arguments).result() }

    /// The id that `eos submit` printed.
    func submit(_ arguments: [String] = []) throws -> String {
        let result = try run(["submit", "valley.toml"] + arguments)
        try #require(result.status == 0 && result.lines.count == 1, "\(result.error)")
        return result.lines[0]
    }

    /// The members of `eos show --json`.
    func show(_ run: String) throws -> [String: Any] {
        let result = try eos("show", run, "--json")
        try #require(result.status == 0, "\(result.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    /// Returns once the run has come into a state.
    func wait(_ run: String, for state: String) throws {
        let limit = Date.now + 120
        while true {
            let now = try show(run)["state"] as? String
            if now == state { return }
            try #require(Date.now < limit, "\(run) is \(now ?? "in no state")")
            usleep(20_000)
        }
    }

    /// Starts a program beside the test; its output goes to NAME.out and NAME.err.
    func launch(
        _ program: String, _ arguments: [String], _ name: String = UUID().uuidString
    ) throws -> StartedProgram {
        var environment: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("EOS_") {
            environment[name] = String?.none
        }
        environment["EOS_SOCKET"] = directory + "/s"
        environment["XDG_CACHE_HOME"] = directory + "/cache"
        return try StartedProgram(
            "\(Tree.products)/\(program)", arguments, in: directory, name: name, environment: environment)
    }

    /// Returns once `text` stands in a file of a process that was launched.
    func wait(for text: String, in file: String) throws {
        let limit = Date.now + 120
        while !self.text(of: file).contains(text) {
            try #require(Date.now < limit, "\(self.text(of: file))")
            usleep(20_000)
        }
    }

    func text(of file: String) -> String {
        (try? String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)) ?? ""
    }

    private func end() {
        if process == nil { try? start() }
        if let ids = try? eos("ls", "--json").output,
            let runs = try? JSONSerialization.jsonObject(with: Data(ids.utf8)) as? [[String: Any]], !runs.isEmpty
        {
            _ = try? run(["rm", "--force"] + runs.compactMap { $0["run"] as? String })
        }
        stop(SIGTERM)
    }
}
