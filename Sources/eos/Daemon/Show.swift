import ArgumentParser
import EosRunModel

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the state, the numbers and the directory of a run.",
        discussion: """
            --json prints one object with the following members. A value that is not known is null.

            \(RunReport.fields.help)
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print the spec instead, with all defaults filled in.")
    var spec = false

    @OptionGroup var chosen: RunArgument

    mutating func validate() throws {
        if json, spec { throw ValidationError("--json and --spec exclude each other; remove one") }
    }

    func run() throws {
        let source = try chosen.source()
        if spec { return try Console.put(try source.spec()) }
        let report = try source.report()
        try Console.print(json ? report.json.text : report.text)
    }
}
