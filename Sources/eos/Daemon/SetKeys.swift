import ArgumentParser
import EosClient
import EosRunModel

struct SetKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change keys of a run while it trains.",
        discussion: """
            The run uses the new values from its next iteration on. Only live keys can change: the keys of [stop], and \
            the keys that `eos policies` and `eos plugins` mark as live. With a run directory, this works without eosd \
            too, if a process is training the run.

            EXAMPLES
              eos set digits policy.cap=8 stop.iterations=10000
            """)

    @OptionGroup var chosen: RunArgument

    @Argument(help: ArgumentHelp("Keys and values, such as policy.cap=8.", valueName: "key=value"))
    var assignments: [String]

    @Flag(help: "Print the run as JSON.")
    var json = false

    func run() throws {
        let report: RunReport
        if RunNames.isDirectory(chosen.name) {
            report = try DirectoryRun(chosen.name).ask(.set(assignments))
        } else {
            let names = try RunNames(chosen.daemon)
            let id = try names.id(chosen.name)
            report = try fromDaemon { () throws(ClientError) in try names.client.set(assignments, on: id) }
        }
        if json { try Console.print(report.json.text) }
    }
}
