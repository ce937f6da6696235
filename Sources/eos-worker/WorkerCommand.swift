import CEos
import CEosRefusals
import EosConformance
import EosCore
import EosDiscovery
import EosPluginHost
import EosProcesses
import EosRuns
import Glibc

/// Executes on behalf of other processes what they would not load themselves.
@main
enum WorkerCommand {
    static func main() {
        refusals_watch()
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case (ProbeWorker.option, 2): ProbeWorker.run(file: arguments[1])
        case (CheckCommand.option, 3): CheckCommand.run(file: arguments[1], job: arguments[2])
        case (RunWorker.option, 2): RunWorker.run(directory: arguments[1], threads: availableProcessors())
        case (RunWorker.option, 3):
            guard let threads = Int(arguments[2]), threads > 0 else {
                fail("\(arguments[2]) is not a number of threads; give 1 or more", status: 2)
            }
            RunWorker.run(directory: arguments[1], threads: threads)
        case ("--version", 1):
            StandardOutput.reportErrors()
            do throws(StandardOutput.Failure) { try StandardOutput().write(EOS_VERSION_STRING + "\n") } catch {
                if error.isQuiet { ProcessEnd.exit(error.status) }
                fail(error.message, status: error.status)
            }
        default: fail("only eos and eosd start this program; use eos, see eos --help", status: 2)
        }
    }

    static func fail(_ message: String, status: Int32) -> Never {
        let text = "eos-worker: \(message)\n"
        _ = write(STDERR_FILENO, text, text.utf8.count)
        ProcessEnd.exit(status)
    }
}

/// `eos-worker --check FILE JOB`: looks at a plugin as `eos plugin check` asks it to.
enum CheckCommand {
    static let option = "--check"

    static func run(file: String, job: String) -> Never {
        let parsed: CheckJob
        do { parsed = try CheckJob(json: job) } catch { WorkerCommand.fail("\(error)", status: 2) }
        CheckWorker.run(file, parsed) { file throws(EosError) in try PluginFile.load(file) }
    }
}
