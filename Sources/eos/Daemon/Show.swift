import ArgumentParser
import EosRuns

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a run: its state, its numbers, where it lies.",
        discussion: """
            --json prints one object: run and id, name, state, reason, pid (null when no process is at work), stalled, \
            signal, exit_code, restarts, iteration, directory, objective, policy, created, started, ended (seconds \
            since 1970), queued (how many are before it), events, and what `eos train --json` prints: iterations, \
            evaluations, loss, gradient_norm, step, sharpness, metrics, parameters, seconds.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print the spec, with every default filled in, instead.")
    var spec = false

    @OptionGroup var chosen: RunArgument

    mutating func validate() throws {
        if json, spec { throw ValidationError("--json and --spec are both given; drop one of them") }
    }

    func run() throws {
        let source = try chosen.source()
        if spec { return try Console.put(try source.spec()) }
        let report = try source.report()
        try Console.print(json ? report.json.text : report.text)
    }
}
