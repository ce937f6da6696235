import ArgumentParser
import EosClient
import EosCore
import EosRunModel
import EosRuns
import Synchronization

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the specs and the results of runs.",
        discussion: """
            The table has one column for each run. An evaluation is a value at one point. With --loss, the table also \
            shows at which iteration each run first reached that loss, and after how many evaluations. They count the \
            starting point and every trial.

            --json prints one object with these members: runs, spec (the values of each key that differs), results \
            (the values of each quantity), and to_loss (loss, iterations, evaluations).
            """)

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Show when each run reached this loss. May be repeated.", valueName: "loss"))
    var loss: [Double] = []

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var runs: RunArguments

    func run() throws {
        let sources = try runs.sources()
        guard sources.count > 1 else {
            throw Failure("fewer than two runs are given; give at least two", ExitStatus.mistake)
        }
        var specs: [(text: String, file: String)] = []
        var reports: [RunReport] = []
        var reached: [[LossTargets.Reached?]] = []
        for source in sources {
            specs.append((try source.spec(), "\(source.label): spec.toml"))
            reports.append(try source.report())
            reached.append(loss.isEmpty ? [] : try targets(of: source))
        }
        let difference: SpecDifference
        do throws(EosError) { difference = try SpecDifference(specs) } catch {
            throw Failure(error, ExitStatus.failure)
        }
        let comparison = Comparison(reports, difference, losses: loss, reached)
        if json { return try Console.print(comparison.json.text) }
        let width = Console.outputIsTerminal ? Console.outputSize.columns : nil
        try Console.print(comparison.lines(width: width).joined(separator: "\n"))
    }

    private func targets(of source: any RunSource) throws(Failure) -> [LossTargets.Reached?] {
        let targets = SharedTargets(loss)
        try source.export { bytes in
            targets.content.withLock {
                $0.feed(bytes)
                return !$0.isComplete
            }
        }
        return targets.content.withLock(\.reached)
    }
}

/// Rows come in on another thread.
private final class SharedTargets: Sendable {
    let content: Mutex<LossTargets>

    init(_ losses: [Double]) { content = Mutex(LossTargets(losses)) }
}
