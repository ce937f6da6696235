import Foundation
import Synchronization

/// `run.db` on a disk that keeps what was synchronised, and knows how it may be found once the power has gone: the file
/// and its journal, each as it was synchronised last or as it was written.
final class RecordedDatabase: Sendable {
    typealias Files = [String: Data]

    private static let names = ["run.db", "run.db-wal"]

    /// What was synchronised.
    private final class Disk: Sendable {
        let kept = Mutex<Files>([:])
    }

    private let directory: String
    private let disk = Disk()
    private let watch: WatchedSQLite

    /// - Parameter afterCall: called after every call of SQLite that changes the files, on its thread.
    init(in directory: String, afterCall: @escaping @Sendable () -> Void = {}) {
        self.directory = directory
        watch = WatchedSQLite(
            below: directory,
            tell: { [disk] call, path in
                let name = URL(filePath: path).lastPathComponent
                guard Self.names.contains(name) else { return }
                disk.kept.withLock { kept in
                    switch call {
                    case .synchronise: kept[name] = try? Data(contentsOf: URL(filePath: path))
                    case .delete: kept[name] = nil
                    case .write, .truncate: break
                    }
                }
                afterCall()
            })
    }

    /// What was synchronised, and nothing else.
    var kept: Files { disk.kept.withLock { $0 } }

    /// Every way in which the files may be found if the power goes now.
    var outcomes: Set<Files> {
        let kept = kept
        var written: Files = [:]
        for name in Self.names { written[name] = try? Data(contentsOf: URL(filePath: "\(directory)/\(name)")) }
        var outcomes: Set<Files> = [kept, written]
        for name in Self.names {
            var mixed = kept
            mixed[name] = written[name]
            // A file that no directory names any more is gone with its journal.
            if mixed["run.db"] != nil { outcomes.insert(mixed) }
        }
        return outcomes
    }
}
