import ArgumentParser
import EosClient
import EosRunModel

struct SetKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set keys of a run while it goes on.",
        discussion: """
            From the next iteration on. Only keys that can be changed on the way: `eos policies` and `eos plugins` mark \
            them as live; those of [stop] are. In a directory this works without eosd, too, as long as a process is at \
            work there.

            EXAMPLES
              eos set digits policy.cap=8 stop.iterations=10000
            """)

    @OptionGroup var chosen: RunArgument

    @Argument(help: ArgumentHelp("Keys and values, as policy.cap=8.", valueName: "key=value"))
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
