import ArgumentParser
import EosClient
import EosCore
import EosRunModel
import EosRuns
import Synchronization

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare runs: what differs in their specs, and their results.",
        discussion: """
            A column a run. Evaluations are values at points. --loss tells at which iteration a run first came down to a \
            loss, and how many evaluations it had taken by then: one at the start, and every trial.

            --json prints one object: runs, spec (for each key that differs its values), results (for each quantity its \
            values), to_loss (loss, iterations, evaluations).
            """)

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("A loss to have come down to; may be given several times.", valueName: "loss"))
    var loss: [Double] = []

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var runs: RunArguments

    func run() throws {
        let sources = try runs.sources()
        guard sources.count > 1 else { throw Failure("give at least two runs to compare", ExitStatus.mistake) }
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
