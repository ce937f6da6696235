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
        abstract: "Check that a plugin keeps the rules of the ABI.",
        discussion: """
            Loads FILE in processes of their own and tries what a host may do with it: derivatives against differences, \
            the same bits from the same seed, threads, saved state, memory, leaks. A check that crashes, ends or hangs \
            its process is reported, and the others go on in a new one.

            EXIT STATUS
              0  all passed; warnings are allowed unless --strict is given
              1  a check failed
              2  a mistake of the user; also where nothing could be made without keys or data that were not given
            """)

    @Argument(help: "The plugin (.so).", completion: .file())
    var file: String?

    @Option(help: "Only this objective: its id or short name.")
    var objective: String?

    @Option(help: "Only this policy: its id or short name.")
    var policy: String?

    @Option(name: .customLong("set"), help: "key=value: of the objective or policy, data.* too. May be repeated.")
    var assignments: [String] = []

    @Option(
        help: "Spec of a run: its [objective] and [policy] give the keys and the data of what they name in the plugin.",
        completion: .file())
    var spec: String?

    @Option(help: "Only this check. May be repeated.")
    var only: [String] = []

    @Option(help: "Seconds that one check may take.")
    var timeout = CheckJob.standardLimit

    @Flag(help: "Warnings are failures.")
    var strict = false

    @Flag(help: "Print all findings, error curves and figures.")
    var verbose = false

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "List the checks there are.")
    var list = false

    func validate() throws {
        guard timeout > 0, timeout <= 1e6 else {
            throw ValidationError("--timeout \(timeout): it must be above 0 and at most 1e6 seconds")
        }
    }

    func run() throws {
        if list { return try Console.print(listing) }
        guard let file else { throw Failure("give the plugin to check: eos plugin check FILE", ExitStatus.mistake) }
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
