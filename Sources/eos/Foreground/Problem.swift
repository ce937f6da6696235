import EosCore
import EosPluginHost
import EosRuns
import Foundation

/// A spec and the objective that it names.
struct Problem {
    let spec: RunSpec
    let objective: any Objective
    let host: EosPluginHost.Host
    /// What the plugins said while the objective was made, and say later.
    let log = PluginLog()

    /// Reads the spec in `file`; making the objective reads its data, first beside the spec.
    ///
    /// - Throws: errors that begin with the file.
    init(_ file: String, _ overrides: [String], _ workbench: Workbench) throws(EosError) {
        try self.init(try RunSpec(path: file, overrides: overrides, catalogue: workbench), in: file, workbench)
    }

    /// Of a spec that has been read from `file`.
    init(_ spec: RunSpec, in file: String, _ workbench: Workbench) throws(EosError) {
        self.spec = spec
        host = workbench.makeHost(
            for: spec, directories: [URL(filePath: file).deletingLastPathComponent().path], log: log)
        host.setWarning { Console.warning($0) }
        do throws(EosError) { objective = try workbench.makeObjective(for: spec, host: host) } catch {
            throw EosError(Int(error.status), "\(file): [objective] \(error)")
        }
        ProcessEnd.keep(objective)
    }

    func makePolicy(_ workbench: Workbench) throws(EosError) -> any Policy {
        let policy = try workbench.makePolicy(for: spec, host: host)
        ProcessEnd.keep(policy)
        return policy
    }

    func start() throws(EosError) -> Vector {
        let x = try Vector(objective.space.type, count: objective.space.count)
        try objective.initialPoint(seed: spec.seed, into: x.pointer)
        return x
    }
}
