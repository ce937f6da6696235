import ArgumentParser
import EosRuns

struct Stop: RunAction {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs for good.",
        discussion: """
            A run stops after the evaluation under way and is cancelled; its directory stays. `eos retry` goes on \
            nevertheless. In a directory this works without eosd, too.
            """)
    static let action = "stop"
    static let request: ControlRequest? = .stop

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments

    func run() throws { try act() }
}
