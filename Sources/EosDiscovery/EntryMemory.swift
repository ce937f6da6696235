import EosCore
import EosJSON
import Foundation
import Synchronization

/// The entries of probe caches that this process has read, each for as long as its file is the same: eosd looks at all
/// plugins with every submission, and reading an entry costs a hundred times what asking for its stamp does.
final class EntryMemory: Sendable {
    static let shared = EntryMemory()

    private struct Known: Sendable {
        let stamp: Stamp
        let entry: ProbeCache.Entry
    }

    private static let most = 1024
    private let known = Mutex<[String: Known]>([:])

    /// nil where there is none, or a damaged one.
    func entry(at path: String) -> ProbeCache.Entry? {
        guard let stamp = Stamp(path) else { return nil }
        if let known = known.withLock({ $0[path] }), known.stamp == stamp { return known.entry }
        guard let bytes = RegularFile.contents(path),
            let entry = try? JSONText(reading: bytes).decoded(as: ProbeCache.Entry.self)
        else { return nil }
        // Entries are replaced whole, by a rename: what was read is what the stamp is of, or the stamp has changed.
        guard Stamp(path) == stamp else { return entry }
        known.withLock { known in
            if known.count >= Self.most { known = [:] }
            known[path] = Known(stamp: stamp, entry: entry)
        }
        return entry
    }
}
