import EosConformance
import EosCore
import EosDiscovery

/// `eos-worker --check FILE JOB`: looks at a plugin as `eos plugin check` asks it to.
enum CheckCommand {
    static let option = "--check"

    static func run(file: String, job: String) -> Never {
        let parsed: CheckJob
        do { parsed = try CheckJob(json: job) } catch { WorkerCommand.fail("\(error)", status: 2) }
        CheckWorker.run(file, parsed) { file throws(EosError) in try PluginFile.load(file) }
    }
}
