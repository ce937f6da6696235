import ArgumentParser
import EosCore
import Foundation

/// Runs the command line and turns what went wrong into one line and an exit status.
@main
enum Entry {
    static func main() {
        _ = Console.output
        do {
            var command = try Eos.parseAsRoot()
            do { try command.run() } catch let error as EosError { throw Failure(error, ExitStatus.failure) }
            Ending.exit(ExitStatus.success)
        } catch let failure as Failure {
            if !failure.message.isEmpty { Console.error(failure.message) }
            Ending.exit(failure.status)
        } catch {
            end(error)
        }
    }

    /// Help and version go to standard output; everything else the parser says is the user's mistake, on one line.
    private static func end(_ error: any Error) -> Never {
        if let code = error as? ExitCode { Ending.exit(code.rawValue) }
        guard Eos.exitCode(for: error) != .success else {
            Console.print(Eos.fullMessage(for: error))
            Ending.exit(ExitStatus.success)
        }
        Console.error(Eos.message(for: error) + "; see eos --help")
        Ending.exit(ExitStatus.mistake)
    }
}

enum ExitStatus {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let mistake: Int32 = 2
}

/// What ends the program: a sentence and the exit status.
struct Failure: Error {
    var message: String
    let status: Int32

    init(_ message: String, _ status: Int32) {
        self.message = message
        self.status = status
    }

    init(_ error: EosError, _ status: Int32) { self.init(error.message, status) }

    /// Standard output was closed, as `head` does: nothing to complain about, and the status that SIGPIPE gives.
    static let nobodyReads = Failure("", 128 + 13)
}

/// Runs what depends on what the user gave: its errors are mistakes of the user, but for lack of memory and for an
/// objective that fails.
func fromUser<Result>(_ body: () throws(EosError) -> Result) throws(Failure) -> Result {
    do throws(EosError) { return try body() } catch {
        throw Failure(error, error.isOurs ? ExitStatus.failure : ExitStatus.mistake)
    }
}
