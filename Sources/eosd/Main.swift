import ArgumentParser
import EosCore
import EosProcesses
import Glibc

/// Runs the command line. What is asked for on standard output is printed there, or it is said why not.
@main
enum Main {
    static func main() {
        StandardOutput.reportErrors()
        do {
            try requireTextArguments()
            var command = try DaemonCommand.parseAsRoot()
            try command.run()
        } catch {
            guard DaemonCommand.exitCode(for: error) == .success else { DaemonCommand.exit(withError: error) }
            let output = StandardOutput()
            do throws(StandardOutput.Failure) {
                try output.write(DaemonCommand.fullMessage(for: error) + "\n")
                try output.close()
            } catch {
                if !error.isQuiet {
                    let line = "eosd: \(error.message)\n"
                    _ = write(STDERR_FILENO, line, line.utf8.count)
                }
                exit(error.status)
            }
        }
    }
}
