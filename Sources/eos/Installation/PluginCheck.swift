import ArgumentParser
import EosConformance
import EosCore
import EosJSON
import EosProcesses
import EosRuns
import Foundation

struct PluginCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check whether a plugin follows the rules of the ABI.",
        discussion: """
            The command loads FILE in other processes and tests what a host may do with it. It compares derivatives \
            with differences, and tests that the same seed gives the same bits. It also tests threads, saved state, \
            memory and leaks. If a check crashes, ends or hangs its process, the command reports this and continues in \
            a new process.

            EXIT STATUS
              0  all checks passed; warnings are allowed unless --strict is given
              1  a check failed
              2  a mistake in the input, or no object could be made because keys or data
                 are missing
            """)

    @Argument(help: "The plugin (.so).", completion: .file())
    var file: String?

    @Option(help: "Check only this objective, given by its id or short name.")
    var objective: String?

    @Option(help: "Check only this policy, given by its id or short name.")
    var policy: String?

    @Option(
        name: .customLong("set"),
        help: "Set a key of the objective or policy, or a key data.*, as key=value. May be repeated.")
    var assignments: [String] = []

    @Option(
        help: "Spec whose [objective] and [policy] give the keys and the data.",
        completion: .file())
    var spec: String?

    @Option(help: "Run only this check. May be repeated.")
    var only: [String] = []

    @Option(help: "Time limit of one check, in seconds.")
    var timeout = CheckJob.standardLimit

    @Flag(help: "Treat warnings as failures.")
    var strict = false

    @Flag(help: "Print all findings, error curves and figures.")
    var verbose = false

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "List all checks.")
    var list = false

    func validate() throws {
        guard timeout > 0, timeout <= 1e6 else {
            throw ValidationError("--timeout is \(timeout); give more than 0 and at most 1e6 seconds")
        }
    }

    func run() throws {
        if list { return try Console.print(listing) }
        guard let file else {
            throw Failure("the plugin is missing; give it as in eos plugin check FILE", ExitStatus.mistake)
        }
        let here = FileManager.default.currentDirectoryPath
        let taken = try fromUser { () throws(EosError) in
            try spec.map { (path) throws(EosError) in try SpecKeys(file: path) }
        }
        let job = CheckJob(
            assignments: assignments, objective: objective, policy: policy, only: only, limit: timeout,
            directories: (spec.map { [URL(filePath: $0).deletingLastPathComponent().path(percentEncoded: false)] } ?? [])
                + [here],
            spec: taken.map { $0.forCheck(spec!) })
        let report = try fromUser { () throws(EosError) in
            var supervisor = CheckSupervisor(file, job, program: try WorkerProgram.path())
            return try supervisor.run()
        }
        let failed = report.count(.fail) + (strict ? report.count(.warning) : 0)
        try Console.print(json ? report.json(passed: failed == 0).text : report.text(verbose: verbose))
        if failed > 0 { throw ExitCode(ExitStatus.failure) }
        if report.isUnprepared { throw ExitCode(ExitStatus.mistake) }
    }

    private var listing: String {
        if json {
            return JSONText.array(
                Suite.list.map {
                    ["subject": .string($0.subject), "check": .string($0.id), "title": .string($0.title)]
                }
            ).text
        }
        let width = Suite.list.map(\.id.count).max() ?? 0
        var lines: [String] = []
        var subject = ""
        for check in Suite.list {
            if check.subject != subject { lines.append(check.subject) }
            subject = check.subject
            lines.append("  \(check.id.padding(toLength: width, withPad: " ", startingAt: 0))  \(check.title)")
        }
        return lines.joined(separator: "\n")
    }
}

extension SpecKeys {
    fileprivate func forCheck(_ file: String) -> CheckSpec {
        func part(_ part: Part?) -> CheckSpec.Part? { part.map { CheckSpec.Part(name: $0.name, values: $0.values) } }
        return CheckSpec(file: file, objective: part(objective), policy: part(policy))
    }
}
