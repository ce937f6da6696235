import ArgumentParser

/// What runs mean, in the terms of the papers; one file a subcommand.
struct Analyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Analyse a run in the terms of the papers on the edge of stability.",
        subcommands: [AnalyzePaths.self])
}
