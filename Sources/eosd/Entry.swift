import ArgumentParser
import CEos

/// Looks after runs in the background.
@main
struct Entry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eosd", abstract: "Trains what is submitted, in the background.", version: EOS_VERSION_STRING)
}
