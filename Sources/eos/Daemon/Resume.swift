import ArgumentParser
import EosRuns

struct Resume: RunAction {
    static let configuration = CommandConfiguration(
        abstract: "Queue paused runs again.",
        discussion: "A run goes on from where it was paused, to the same bits as if it had never stopped.")
    static let action = "resume"
    static let request: ControlRequest? = nil

    static func elsewise(_ directory: String) -> String { "without eosd, eos train --resume \(directory) goes on" }

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments

    func run() throws { try act() }
}
