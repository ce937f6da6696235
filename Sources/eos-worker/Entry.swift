import CEos
import EosDiscovery
import Glibc

/// Executes on behalf of other processes what they would not load themselves.
@main
enum Entry {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case (ProbeWorker.option, let file?): ProbeWorker.run(file: file)
        case ("--check", _): try CheckCommand.run(Array(arguments.dropFirst()))
        case ("--version", nil): print(EOS_VERSION_STRING)
        default:
            let text = "eos-worker: it is for eos, not for people; see eos --help\n"
            _ = write(STDERR_FILENO, text, text.utf8.count)
            exit(2)
        }
    }
}
