import ArgumentParser
import EosClient
import Foundation

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove runs and their directories.",
        discussion: """
            The command removes everything of a run: its records, its log and its checkpoints. It refuses runs that \
            have not ended and are not paused. With --force, it stops them first.
            """)

    @Flag(name: .shortAndLong, help: "Stop runs that have not ended, and then remove them.")
    var force = false

    @OptionGroup var runs: RunArguments

    func run() throws {
        let names = try RunNames(runs.daemon)
        try runs.forEach { name throws(Failure) in
            let id = try names.id(name, elsewise: "remove it with rm -r")
            try fromDaemon { () throws(ClientError) in
                if force { try stop(id, names.client) }
                try names.client.remove(id)
            }
        }
    }

    private func stop(_ id: String, _ client: Client) throws(ClientError) {
        var report = try client.report(of: id)
        guard !report.state.isQuiet else { return }
        do throws(ClientError) { report = try client.perform(.stop, on: id) } catch {
            // It may have ended by itself in between.
            report = try client.report(of: id)
            guard report.state.isEnd else { throw error }
        }
        var backoff = Backoff()
        while !report.state.isEnd {
            usleep(UInt32(backoff.next() * 1e6))
            report = try client.report(of: id)
        }
    }
}
