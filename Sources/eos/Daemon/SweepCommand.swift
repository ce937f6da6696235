import ArgumentParser
import EosClient
import EosCore
import EosRunModel
import EosRuns

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Submit a spec with all combinations of values of some keys.",
        discussion: """
            Prints the ids, one a line. The name of each run carries its combination: "digits step=0.1 seed=3". Values \
            are separated by commas; first..last are integers, first..last:step numbers, both ends included.

            EXAMPLES
              eos sweep digits.toml --over policy.step=0.1,0.2 --over objective.seed=1..5
              eos sweep digits.toml --over policy.name=nls,ls,nls-ub | xargs eos watch
            """)

    @Argument(
        help: ArgumentHelp("The spec; - is standard input.", valueName: "spec"),
        completion: .file(extensions: ["toml"]))
    var spec: String

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A key and its values; may be given several times.", valueName: "key=values"))
    var over: [String]

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Set a key for all of them; may be given several times.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "What the names begin with, instead of what the spec says.")
    var name: String?

    @Flag(help: "Only print names and settings, and submit nothing.")
    var dryRun = false

    @Flag(help: "Print each run as JSON instead of its id, one a line.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    mutating func validate() throws {
        if dryRun, json { throw ValidationError("--json does not go with --dry-run: there are no runs to print") }
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
                let done = index == 0 ? "" : "; \(index) of \(members.count) runs were submitted before"
                let which = error.status == ExitStatus.mistake ? "\(member.name): " : ""
                throw Failure(which + error.message + done, error.status)
            }
            try report.printSubmitted(json)
        }
    }
}
