import ArgumentParser
import EosCore
import EosProcesses
import Foundation

/// Runs the command line and turns what went wrong into one line and an exit status.
@main
enum Entry {
    static func main() {
        StandardOutput.reportErrors()
        Console.open()
        do throws(EosError) { try requireTextArguments() } catch { end(Failure(error, ExitStatus.mistake)) }
        do {
            var command = try Eos.parseAsRoot()
            do { try command.run() } catch let error as EosError { throw Failure(error, ExitStatus.failure) }
            try Console.close()
            Ending.exit(ExitStatus.success)
        } catch let failure as Failure {
            end(failure)
        } catch {
            end(error)
        }
    }

    private static func end(_ failure: Failure) -> Never {
        if !failure.message.isEmpty { Console.error(failure.message) }
        Ending.exit(failure.status)
    }

    /// Help and version go to standard output; everything else the parser says is the user's mistake, on one line.
    private static func end(_ error: any Error) -> Never {
        if let code = error as? ExitCode { Ending.exit(code.rawValue) }
        guard Eos.exitCode(for: error) != .success else {
            do throws(Failure) {
                try Console.print(Eos.fullMessage(for: error))
                try Console.close()
            } catch {
                end(error)
            }
            Ending.exit(ExitStatus.success)
        }
        Console.error(Eos.message(for: error) + "; see eos --help")
        Ending.exit(ExitStatus.mistake)
    }
}
