import ArgumentParser
import EosClient
import EosCore
import EosRunModel
import EosRuns

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Submit a spec with every combination of the values of some keys.",
        discussion: """
            The command prints one id per line. The name of each run contains its combination, such as "digits \
            step=0.1 seed=3". Separate values by commas. first..last gives integers, and first..last:step gives \
            numbers, with both ends included.

            EXAMPLES
              eos sweep digits.toml --over policy.step=0.1,0.2 --over objective.seed=1..5
              eos sweep digits.toml --over policy.name=nls,ls,nls-ub | xargs eos watch
            """)

    @Argument(
        help: ArgumentHelp("The spec. If it is -, the command reads standard input.", valueName: "spec"),
        completion: .file(extensions: ["toml"]))
    var spec: String

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A key and its values. May be repeated.", valueName: "key=values"))
    var over: [String]

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Set a key in all runs. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "Beginning of the names of the runs. It replaces the name in the spec.")
    var name: String?

    @Flag(help: "Print names and settings, but submit nothing.")
    var dryRun = false

    @Flag(help: "Print one line of JSON for each run instead of its id.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    mutating func validate() throws {
        if dryRun, json {
            throw ValidationError(
                "--json and --dry-run exclude each other, because a dry run makes no runs; remove one")
        }
    }

    func run() throws {
        let text = try SpecText(spec)
        let members = try fromUser { () throws(EosError) in
            var axes: [SweepAxis] = []
            for axis in over {
                do throws(EosError) { axes.append(try SweepAxis(parsing: axis)) } catch { throw error.within("--over") }
            }
            let stem = try RunSpec.name(inText: text.text, file: text.path)
            return try Sweep(name ?? stem ?? text.name, over: axes).members
        }
        if dryRun {
            let lines = members.map { member in
                ([member.name] + (overrides + member.assignments).map { "--set \($0)" }).joined(separator: "  ")
            }
            return try Console.print(lines.joined(separator: "\n"))
        }
        let client = try daemon.client()
        for (index, member) in members.enumerated() {
            let report: RunReport
            do throws(Failure) {
                report = try text.submit(
                    overrides + member.assignments + ["name=\(quoted(member.name))"], client)
            } catch {
                let done = index == 0 ? "" : "; \(index) of \(members.count) runs were submitted before this error"
                let which = error.status == ExitStatus.mistake ? "\(member.name): " : ""
                throw Failure(which + error.message + done, error.status)
            }
            try report.printSubmitted(json)
        }
    }
}
