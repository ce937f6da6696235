import ArgumentParser
import EosRuns

struct Retry: RunAction {
    static let configuration = CommandConfiguration(
        abstract: "Queue runs again that have ended.",
        discussion: """
            A run goes on from its last whole checkpoint, and may be restarted as often again as its spec allows.
            """)
    static let action = "retry"
    static let request: ControlRequest? = nil

    static func elsewise(_ directory: String) -> String { "without eosd, eos train --resume \(directory) goes on" }

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments

    func run() throws { try act() }
}
