import ArgumentParser
import EosClient
import EosRunModel

/// A command that asks for one thing of each of several runs.
protocol ActionCommand: ParsableCommand {
    static var action: RunAction { get }
    var options: ActionOptions { get }
}

struct ActionOptions: ParsableArguments {
    @Flag(help: "Print one line of JSON for each run.")
    var json = false

    @OptionGroup var runs: RunArguments
}

extension ActionCommand {
    func run() throws {
        let names = try RunNames(options.runs.daemon)
        try options.runs.forEach { name throws(Failure) in
            let report: RunReport
            if let request = Self.action.request, RunNames.isDirectory(name) {
                report = try DirectoryRun(name).ask(request)
            } else {
                let id = try names.id(
                    name,
                    elsewise: Self.action.request == nil
                        ? "to continue without eosd, use eos train --resume \(name)" : "")
                report = try fromDaemon { () throws(ClientError) in try names.client.perform(Self.action, on: id) }
            }
            try Console.print(options.json ? report.json.text : "\(report.id) \(report.stateText)")
        }
    }
}

extension RunAction {
    /// What the process that works on a run directory is asked for; nil: nobody works on it, so that nobody can be asked.
    fileprivate var request: ControlRequest? {
        switch self {
        case .pause: .ask(.pause)
        case .stop: .ask(.stop)
        case .resume, .retry: nil
        }
    }
}

struct Pause: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs so that they can continue later.",
        discussion: """
            A run stops after the current evaluation and saves its state. `eos resume` continues it to the same bits. \
            With a run directory, this works without eosd too, and `eos train --resume` continues the run.
            """)
    static let action = RunAction.pause

    @OptionGroup var options: ActionOptions
}

struct Resume: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continue paused runs.",
        discussion: "Each run continues where it was paused, to the same bits as if it had never stopped.")
    static let action = RunAction.resume

    @OptionGroup var options: ActionOptions
}

struct Stop: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs for good.",
        discussion: """
            A run stops after the current evaluation. Its state is then cancelled, and its directory stays. \
            `eos retry` can still continue it. With a run directory, this works without eosd too.
            """)
    static let action = RunAction.stop

    @OptionGroup var options: ActionOptions
}

struct Retry: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continue runs that have ended.",
        discussion: """
            Each run continues from its last intact checkpoint, and the count of its restarts begins at 0.
            """)
    static let action = RunAction.retry

    @OptionGroup var options: ActionOptions
}
