import ArgumentParser
import EosCore
import Foundation

struct Submit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give a spec to eosd, which trains it in the background.",
        discussion: """
            Prints the id of the new run alone on standard output, as soon as eosd has queued it. The spec is checked \
            before: what `eos train` refuses is refused here.

            Data files with relative names are looked up beside the spec first, then in the EOS_DATA_DIR of eosd.

            EXAMPLES
              run=$(eos submit digits.toml --set policy.name=nls)
              eos watch "$run"
              eos wait "$run" && eos export "$run" >digits.csv
            """)

    @Argument(
        help: ArgumentHelp("The spec; - is standard input.", valueName: "spec"),
        completion: .file(extensions: ["toml"]))
    var spec: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set a key of the spec, as policy.name=nls; may be given several times.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "What the run is called, instead of what the spec says.")
    var name: String?

    @Flag(help: "Print the run as JSON instead of its id.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        let client = try daemon.client()
        let text = try SpecText(spec)
        let name = self.name.map { ["name=\(quoted($0))"] } ?? []
        let report = try text.submit(overrides + name, client)
        try report.printSubmitted(json)
    }
}
