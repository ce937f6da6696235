import ArgumentParser
import EosAnalysis
import EosCore
import EosRuns

/// What every analysis takes: the run, and how the answer is to be printed.
struct AnalysisArguments: ParsableArguments {
    @OptionGroup var chosen: RunArgument

    @Flag(help: "Print JSON.")
    var json = false

    /// The run, its directory on this machine.
    func open() throws -> AnalysedRun {
        Ending.watchPlugins()
        let path: String
        switch try chosen.source() {
        case let run as DirectoryRun: path = run.directory.path
        case let run: path = try run.report().summary.directory
        }
        return try fromUser { () throws(EosError) in
            try AnalysedRun(try RunDirectory.open(path), workbench: Workbench())
        }
    }
}
