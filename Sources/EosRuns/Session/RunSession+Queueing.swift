import CEos
import EosCore
import Foundation

/// Runs that somebody else is to execute.
extension RunSession {
    /// Makes the directory of a run that is complete but for its training: with the state queued.
    ///
    /// - Parameters:
    ///   - facts: what else is to be known of it.
    ///   - prepare: adds to the directory before it becomes a run.
    /// - Throws: what the files throw; a directory that was made is gone again.
    public static func queue(
        _ spec: RunSpec, facts: [(name: String, value: String)], in parent: String,
        files: FileOperations = .system, prepare: (RunDirectory) throws(EosError) -> Void
    ) throws(EosError) -> RunDirectory {
        let directory = try RunDirectory.create(in: parent, name: spec.name)
        do throws(EosError) {
            // Whoever looks for runs meanwhile leaves it alone.
            let lock = try RunLock(directory)
            try prepare(directory)
            try files.replace(directory.spec, with: spec.text)
            let database = try RunDatabase.create(directory)
            try database.record(facts: facts + [("id", directory.id), ("name", spec.name)])
            try database.record(.queued, reason: "submitted", iteration: 0)
            try database.close()
            try files.synchronise(directory: parent)
            withExtendedLifetime(lock) {}
            return directory
        } catch {
            directory.discard()
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
        let spec = try RunSpec(path: directory.spec, catalogue: catalogue)
        for assignment in assignments {
            try SpecChange.check(assignment, of: spec, whileGoing: false, catalogue: catalogue)
        }
        let changed = try RunSpec(path: directory.spec, overrides: assignments, catalogue: catalogue)
        try files.replace(directory.spec, with: changed.text)
        let database = try RunDatabase.open(directory, readOnly: false)
        let iteration = try database.ends()?.last.iteration ?? 0
        for assignment in assignments {
            let parts = assignment.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            try database.record(setting: parts[0], to: parts.count > 1 ? parts[1] : "", iteration: iteration)
        }
    }
}
