import ArgumentParser
import EosRunModel

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a run: its state, its numbers, where it lies.",
        discussion: """
            --json prints one object with these members; what is not known is null:

            \(RunReport.fields.help)
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
