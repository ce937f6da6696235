import ArgumentParser
import EosRunModel

struct Pause: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs after the evaluation under way, to go on later.",
        discussion: """
            The state is saved and the process ends; `eos resume` goes on to the same bits. In a directory this works \
            without eosd, too, and `eos train --resume` goes on.
            """)
    static let action = RunAction.pause

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments
}

struct Resume: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queue paused runs again.",
        discussion: "A run goes on from where it was paused, to the same bits as if it had never stopped.")
    static let action = RunAction.resume

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments
}

struct Stop: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs for good.",
        discussion: """
            A run stops after the evaluation under way and is cancelled; its directory stays. `eos retry` goes on \
            nevertheless. In a directory this works without eosd, too.
            """)
    static let action = RunAction.stop

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments
}

struct Retry: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queue runs again that have ended.",
        discussion: """
            A run goes on from its last whole checkpoint, and may be restarted as often again as its spec allows.
            """)
    static let action = RunAction.retry

    @Flag(help: "Print each run as JSON, one a line.")
    var json = false

    @OptionGroup var runs: RunArguments
}
