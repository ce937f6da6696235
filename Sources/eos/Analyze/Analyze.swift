import ArgumentParser
import EosAnalysis
import EosCore
import EosRuns

/// What runs mean, in the terms of the papers; a file each for its subcommands, which have this one as their parent.
struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Analyse a run in the terms of the papers on the edge of stability.",
        usage: "eos analyze <run> <analysis> [<options>]",
        discussion: """
            The run comes first: `eos analyze runs/digits-20260131T120000Z-1 large-steps`. A run that is going may be \
            analysed; it is taken as it stands.

            What was not recorded is made anew: a run is deterministic, so that the steps that were recorded lead to the \
            same points. Each loss on the way is held against the recorded one, and an analysis ends with an error where \
            they part, as they do when the data have changed since. A run has its own copies of its plugins.

            --json and the options that find a run through eosd go with every analysis.
            """,
        subcommands: [
            AnalyzeLargeSteps.self, AnalyzePhases.self, AnalyzeRegime.self, AnalyzeThreshold.self, AnalyzePaths.self,
        ])

    @OptionGroup var chosen: RunArgument

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard Self.configuration.subcommands.contains(where: { $0.configuration.commandName == chosen.name }) else {
            return
        }
        throw ValidationError("\(chosen.name) is an analysis; the run comes first: eos analyze <run> \(chosen.name)")
    }

    func run() throws {
        let names = Self.configuration.subcommands.compactMap { $0.configuration.commandName }
        throw Failure(
            "eos analyze \(chosen.name): which analysis? There are \(names.joined(separator: ", "))", ExitStatus.mistake
        )
    }

    /// The run.
    func open() throws -> AnalysedRun {
        let directory = try directory()
        return try fromUser { () throws(EosError) in
            try AnalysedRun(directory, workbench: try Workbench.ofRun(directory, warn: Console.warning))
        }
    }

    /// Its directory on this machine.
    func directory() throws -> RunDirectory {
        try Ending.watchPlugins()
        let path: String
        switch try chosen.source() {
        case let run as DirectoryRun: path = run.directory.path
        case let run: path = try run.report().summary.directory
        }
        return try fromUser { () throws(EosError) in try RunDirectory.open(path) }
    }
}
