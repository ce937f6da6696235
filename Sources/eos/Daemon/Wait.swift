import ArgumentParser
import EosCore
import EosRunModel
import Foundation

struct Wait: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wait until runs have ended.",
        discussion: """
            The exit status is 0 if all runs converged or used their budget. Otherwise it is 1, and standard error has \
            a line for each run that did not. A paused run has not ended. The command waits while eosd restarts.
            """)

    @Option(help: ArgumentHelp("Stop waiting after this time, with exit status 1.", valueName: "seconds"))
    var timeout: Double?

    @Flag(help: "At the end, print one line of JSON for each run.")
    var json = false

    @OptionGroup var runs: RunArguments

    mutating func validate() throws {
        if let timeout, !(timeout >= 0 && timeout <= 1e9) {
            throw ValidationError("--timeout is \(timeout); give 0 to 1e9 seconds")
        }
    }

    func run() throws {
        Interrupts.endTheProcess()
        var follower = try RunFollower(try runs.sources())
        let deadline = timeout.map { monotonicTime() + $0 } ?? .infinity
        for report in follower.reports where report.state.phase == .paused { noteOfPause(report.id) }
        while !follower.haveEnded, monotonicTime() < deadline {
            let changes = try follower.advance(within: min(deadline - monotonicTime(), 3600))
            for change in changes where change.state.phase == .paused { noteOfPause(change.run) }
        }
        try follower.finish()
        if json { for report in follower.reports { try Console.print(report.json.text) } }
        var failures: [String] = []
        for report in follower.reports where !report.state.isSuccess {
            if follower.removed.contains(report.id) {
                failures.append("\(report.id) was removed")
            } else if report.state.isEnd {
                failures.append("\(report.id) \(report.state.rawValue): \(report.summary.reason)")
            } else {
                failures.append("\(report.id) is still \(report.stateText) after \(timeout ?? 0) seconds")
            }
        }
        for failure in failures.dropLast() { Console.error(failure) }
        if let last = failures.last { throw Failure(last, ExitStatus.failure) }
    }

    private func noteOfPause(_ run: String) {
        Console.note("\(run) is paused; eos wait continues when it is resumed or stopped")
    }
}
