import ArgumentParser
import EosClient
import EosCore
import EosRunModel
import Foundation

struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch runs until they have ended.",
        discussion: """
            On a terminal, the command shows a table and keeps it up to date. Otherwise it prints a line for each \
            change of state, and every ten seconds a line for each run that is training. It ends with exit status 0 \
            when all runs have ended, in whatever state; use `eos wait` to learn the states. It waits while eosd \
            restarts. Ctrl-C ends the command and no run.
            """)

    @Argument(
        help: ArgumentHelp(
            "The runs: ids, unique beginnings of ids, or directories. The default is every run that is queued or "
                + "training.",
            valueName: "run"),
        completion: .runs)
    var names: [String] = []

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        Interrupts.endTheProcess()
        let sources = names.isEmpty ? try going() : try RunNames(daemon).sources(names)
        guard !sources.isEmpty else { return Console.note("no run is queued or training") }
        var follower = try RunFollower(sources)
        if Console.outputIsTerminal { try live(&follower) } else { try plain(&follower) }
    }

    private func going() throws(Failure) -> [any RunSource] {
        let client = try daemon.client()
        let states = RunState.allCases.filter { !$0.isQuiet }
        let reports = try fromDaemon { () throws(ClientError) in try client.reports(states: states) }
        return reports.map { DaemonRun(client: client, id: $0.id) }
    }

    private func live(_ follower: inout RunFollower) throws(Failure) {
        var display = LiveTable()
        try display.show(follower)
        while !follower.haveEnded {
            let next = monotonicTime() + 0.5
            _ = try follower.advance(within: 0.5)
            // A flood of changes is worth no flood of tables.
            let early = next - monotonicTime()
            if early > 0, !follower.haveEnded { usleep(UInt32(min(early, 0.2) * 1e6)) }
            _ = try follower.refresh()
            try display.show(follower)
        }
    }

    private func plain(_ follower: inout RunFollower) throws(Failure) {
        let interval = 10.0
        for report in follower.reports { try say(.init(report)) }
        var next = monotonicTime() + interval
        while !follower.haveEnded {
            let changes = try follower.advance(within: max(next - monotonicTime(), 0))
            for change in changes { try say(change) }
            guard monotonicTime() >= next else { continue }
            next = monotonicTime() + interval
            for change in try follower.refresh() { try say(change) }
            for report in follower.reports where report.state == .running { try say(report) }
        }
    }

    private func say(_ change: RunFollower.Change) throws(Failure) {
        try Console.print("\(change.run) \(change.state.rawValue) at iteration \(change.iteration): \(change.reason)")
    }

    private func say(_ report: RunReport) throws(Failure) {
        let numbers = report.summary.numbers
        var parts = ["iteration \(numbers.iteration)"]
        for column in [RunColumn.loss, .step, .stepSharpness] where column == .loss || numbers[column]?.isFinite == true
        {
            parts.append("\(column.title) \(numbers.text(column))")
        }
        try Console.print("\(report.id) \(report.stateText): \(parts.joined(separator: "  "))")
    }
}
