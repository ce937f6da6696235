import ArgumentParser
import EosClient
import EosRunModel

/// A command that asks for one thing of each of several runs.
protocol ActionCommand: ParsableCommand {
    static var action: RunAction { get }
    var options: ActionOptions { get }
}

struct ActionOptions: ParsableArguments {
    @Flag(help: "Print each run as JSON, one a line.")
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
                    elsewise: Self.action.request == nil ? "without eosd, eos train --resume \(name) goes on" : "")
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
        abstract: "Stop runs after the evaluation under way, to go on later.",
        discussion: """
            The state is saved and the process ends; `eos resume` goes on to the same bits. In a directory this works \
            without eosd, too, and `eos train --resume` goes on.
            """)
    static let action = RunAction.pause

    @OptionGroup var options: ActionOptions
}

struct Resume: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queue paused runs again.",
        discussion: "A run goes on from where it was paused, to the same bits as if it had never stopped.")
    static let action = RunAction.resume

    @OptionGroup var options: ActionOptions
}

struct Stop: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop runs for good.",
        discussion: """
            A run stops after the evaluation under way and is cancelled; its directory stays. `eos retry` goes on \
            nevertheless. In a directory this works without eosd, too.
            """)
    static let action = RunAction.stop

    @OptionGroup var options: ActionOptions
}

struct Retry: ActionCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queue runs again that have ended.",
        discussion: """
            A run goes on from its last whole checkpoint, and may be restarted as often again as its spec allows.
            """)
    static let action = RunAction.retry

    @OptionGroup var options: ActionOptions
}
