import EosCore
import Foundation

/// Runs that somebody else is to execute.
extension RunSession {
    /// Makes the directory of a run that is complete but for its training: with the state queued. It is there whole, or not
    /// at all.
    ///
    /// - Parameters:
    ///   - workbench: has its plugins, which it keeps.
    ///   - facts: what else is to be known of it.
    ///   - id: the name of its directory; nil: one is made from its name and the time.
    ///   - store: of the copies of plugins.
    /// - Throws: what the files throw; a directory that was made is gone again.
    public static func queue(
        _ spec: RunSpec, from workbench: Workbench, facts: [(name: String, value: String)] = [], in parent: String,
        as id: String? = nil, store: PluginStore, files: FileOperations = .system
    ) throws(EosError) -> RunDirectory {
        let unfinished = try RunDirectory.create(at: "\(parent)/.new-\(UUID().uuidString)")
        do throws(EosError) {
            // Held until it is complete: whoever finds it by its name may start it.
            let lock = try RunLock(unfinished)
            let snapshot = try PluginSnapshot.take(for: spec, from: workbench, in: unfinished, store: store)
            try files.replace(unfinished.spec, with: spec.text)
            let database = try RunDatabase.create(unfinished)
            try database.record(facts: try Workbench(snapshot).facts(for: spec) + facts + [("name", spec.name)])
            try database.record(.queued, reason: "submitted", iteration: 0)
            try database.close()
            let directory =
                if let id { try unfinished.rename(in: parent, to: id) } else {
                    try unfinished.rename(in: parent, name: spec.name)
                }
            try files.synchronise(directory: parent)
            withExtendedLifetime(lock) {}
            return directory
        } catch {
            unfinished.discard()
            throw error
        }
    }

    /// Sets keys of a run that nobody works on; the caller holds its lock.
    ///
    /// - Throws: `EOS_E_CONFIG` for keys that stay as they are, and for values that are wrong.
    public static func rewrite(
        _ directory: RunDirectory, _ assignments: [String], catalogue: some SpecCatalogue,
        files: FileOperations = .system
    ) throws(EosError) {
        let changed = try SpecChange.apply(assignments, to: directory.spec, whileGoing: false, catalogue: catalogue)
        try files.replace(directory.spec, with: changed.text)
        let database = try RunDatabase.open(directory, readOnly: false)
        try database.record(settings: assignments, iteration: try database.ends()?.last.iteration ?? 0)
        database.emptyJournal()
    }
}
