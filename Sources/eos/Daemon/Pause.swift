import ArgumentParser
import EosRuns

struct Pause: RunAction {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs after the evaluation under way, to go on later.",
        discussion: """
            The state is saved and the process ends; `eos resume` goes on to the same bits. In a directory this works \
            without eosd, too, and `eos train --resume` goes on.
            """)
    static let action = "pause"
    static let request: ControlRequest? = .pause

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments

    func run() throws { try act() }
}
