import ArgumentParser
import EosAnalysis
import EosCore
import EosRuns

/// What runs mean, in the terms of the papers; a file each for its subcommands, which have this one as their parent.
struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Analyse a run in the terms of papers on the edge of stability.",
        usage: "eos analyze <run> <analysis> [<options>]",
        discussion: """
            Name the run first: `eos analyze runs/digits-20260131T120000Z-1 large-steps`. The run may still be in \
            progress; then the iterates that it has recorded so far are analysed.

            Runs are deterministic. An analysis therefore recomputes from the recorded steps whatever was not \
            recorded, with the run's own copies of its plugins. It compares each loss with the recorded one. If they \
            differ, for example because the data have changed since, the analysis ends with an error.

            Every analysis accepts --json and the options that locate eosd.
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
        throw ValidationError(
            "\(chosen.name) is an analysis, not a run; name the run first: eos analyze <run> \(chosen.name)")
    }

    func run() throws {
        let names = Self.configuration.subcommands.compactMap { $0.configuration.commandName }
        throw Failure(
            "eos analyze \(chosen.name): the analysis is missing; add one of \(names.joined(separator: ", "))",
            ExitStatus.mistake
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
