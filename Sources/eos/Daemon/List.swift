import ArgumentParser
import EosClient
import EosJSON
import EosRunModel

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the runs of eosd.",
        discussion: """
            A line a run, in the order of submission. On a narrow terminal columns that matter less are left out; an id \
            is never cut. step*sharp is the product of the last step and the sharpness measured last, whose threshold \
            is 2.

            States: queued, starting, running, pausing, paused, stopping; ends are converged, budget_exhausted, \
            cancelled, failed, timed_out, out_of_memory and lost.
            """)

    @Option(
        help: ArgumentHelp("Only runs in this state, or in these, separated by commas.", valueName: "state"),
        completion: .list(RunState.allCases.map(\.rawValue)))
    var state: String?

    @Option(help: "Only runs of this name.")
    var name: String?

    @Flag(help: "Print a JSON array of what `eos show --json` prints of each.")
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
                throw Failure("--state \(word): there is no such state; there are \(known)", ExitStatus.mistake)
            }
            states.append(state)
        }
        return states
    }
}
