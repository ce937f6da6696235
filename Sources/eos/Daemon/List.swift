import ArgumentParser
import EosClient
import EosJSON
import EosRunModel

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the runs of eosd.",
        discussion: """
            The list has one line for each run, in the order of submission. On a narrow terminal it leaves out \
            columns, but it never cuts an id. step*sharp is the product of the last step and the last measured \
            sharpness. Its threshold is 2.

            A run is queued, starting, running, pausing, paused or stopping. A run that has ended is converged, \
            budget_exhausted, cancelled, failed, timed_out, out_of_memory or lost.
            """)

    @Option(
        help: ArgumentHelp("List only runs in this state. Separate several states by commas.", valueName: "state"),
        completion: .list(RunState.allCases.map(\.rawValue)))
    var state: String?

    @Option(help: "List only runs with this name.")
    var name: String?

    @Flag(help: "Print a JSON array with one object, as of `eos show --json`, for each run.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        let states = try Self.states(state)
        let client = try daemon.client()
        let reports = try fromDaemon { () throws(ClientError) in try client.reports(states: states, name: name) }
        if json { return try Console.print(JSONText.array(reports.map(\.json)).text) }
        guard !reports.isEmpty else { return Console.note("no runs") }
        let width = Console.outputIsTerminal ? Console.outputSize.columns : nil
        try Console.print(RunTable.table(reports).lines(width: width).joined(separator: "\n"))
    }

    private static func states(_ text: String?) throws(Failure) -> [RunState] {
        var states: [RunState] = []
        for word in text?.split(separator: ",") ?? [] {
            guard let state = RunState(rawValue: String(word)) else {
                let known = RunState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure("--state \(word) is unknown; give one of \(known)", ExitStatus.mistake)
            }
            states.append(state)
        }
        return states
    }
}
