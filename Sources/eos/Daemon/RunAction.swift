import ArgumentParser
import EosClient
import EosCore
import EosRuns

/// A command that asks for one thing of each of several runs.
protocol RunAction: ParsableCommand {
    /// As the daemon calls it.
    static var action: String { get }
    /// What the process that works on a run directory is asked for; nil: it can't do that, and this is what to do.
    static var request: ControlRequest? { get }
    static func elsewise(_ directory: String) -> String
    var json: Bool { get }
    var runs: RunArguments { get }
}

extension RunAction {
    static func elsewise(_ directory: String) -> String { "" }

    func act() throws {
        let names = try RunNames(runs.daemon)
        try runs.forEach { name throws(Failure) in
            let report: RunReport
            if let request = Self.request, RunNames.isDirectory(name) {
                report = try DirectoryRun(name).ask(request)
            } else {
                let id = try names.id(name, elsewise: Self.elsewise(name))
                report = try fromDaemon { () throws(ClientError) in try names.client.perform(Self.action, on: id) }
            }
            try Console.print(json ? report.json.text : "\(report.id) \(report.stateText)")
        }
    }
}

extension DirectoryRun {
    /// Asks the process that works on the run, and says how the run stands then.
    func ask(_ request: ControlRequest) throws(Failure) -> RunReport {
        _ = try fromUser { () throws(EosError) in
            do throws(EosError) { return try ControlClient(directory).ask(request) } catch {
                throw error.message.hasPrefix(directory.path) ? error : error.within(label)
            }
        }
        return try report()
    }
}
