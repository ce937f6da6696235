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
}
