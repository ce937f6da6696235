import CEos
import EosConformance
import EosCore
import EosPluginHost

/// `eos-worker --check FILE JOB`: looks at a plugin as `eos plugin check` asks it to.
enum CheckCommand {
    static func run(_ arguments: [String]) throws -> Never {
        guard arguments.count == 2 else {
            throw EosError(EOS_E_INVALID, "--check takes a file and a job; use eos plugin check")
        }
        CheckWorker.run(arguments[0], try CheckJob(json: arguments[1])) { file throws(EosError) in
            try Plugin.load(path: file)
        }
    }
}
