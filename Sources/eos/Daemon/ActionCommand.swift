import ArgumentParser
import EosClient
import EosCore
import EosRunModel
import EosRuns

/// A command that asks for one thing of each of several runs.
protocol ActionCommand: ParsableCommand {
    static var action: RunAction { get }
    var json: Bool { get }
    var runs: RunArguments { get }
}

extension ActionCommand {
    func run() throws {
        let names = try RunNames(runs.daemon)
        try runs.forEach { name throws(Failure) in
            let report: RunReport
            if let request = Self.action.request, RunNames.isDirectory(name) {
                report = try DirectoryRun(name).ask(request)
            } else {
                let id = try names.id(
                    name,
                    elsewise: Self.action.request == nil ? "without eosd, eos train --resume \(name) goes on" : "")
                report = try fromDaemon { () throws(ClientError) in try names.client.perform(Self.action, on: id) }
            }
            try Console.print(json ? report.json.text : "\(report.id) \(report.stateText)")
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
