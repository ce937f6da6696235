import ArgumentParser
import Foundation

/// One run, to look at.
struct RunArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The run: its id, a unique beginning of its id, or its directory.", valueName: "run"),
        completion: .runs)
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func source() throws(Failure) -> any RunSource { try RunNames(daemon).source(name) }
}

/// Several runs, to look at or to do something with.
struct RunArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The runs: ids, unique beginnings of ids, or directories.", valueName: "run"),
        completion: .runs)
    var names: [String]

    @OptionGroup var daemon: DaemonOptions

    func sources() throws(Failure) -> [any RunSource] { try RunNames(daemon).sources(names) }

    /// Does something with each name; what fails with one is told, and does not keep the others from it.
    func forEach(_ body: (String) throws(Failure) -> Void) throws {
        var status = ExitStatus.success
        // What stands in the way of all of them is told once.
        var told: Set<String> = [""]
        for name in names {
            do throws(Failure) { try body(name) } catch {
                guard names.count > 1 else { throw error }
                if told.insert(error.message).inserted { Console.error(error.message) }
                status = max(status, error.status)
            }
        }
        if status != ExitStatus.success { throw ExitCode(status) }
    }
}
