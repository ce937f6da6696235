import ArgumentParser
import EosCore
import Foundation

struct Submit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a spec in the background.",
        discussion: """
            eosd queues the run, and the command prints its id on standard output. eosd checks the spec first, with \
            the checks of `eos train`. It looks for data files with relative names beside the spec, then in its own \
            EOS_DATA_DIR.

            EXAMPLES
              run=$(eos submit digits.toml --set policy.name=nls)
              eos watch "$run"
              eos wait "$run" && eos export "$run" >digits.csv
            """)

    @Argument(
        help: ArgumentHelp("The spec. If it is -, the command reads standard input.", valueName: "spec"),
        completion: .file(extensions: ["toml"]))
    var spec: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set a key of the spec, such as policy.name=nls. May be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "Name of the run. It replaces the name in the spec.")
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
