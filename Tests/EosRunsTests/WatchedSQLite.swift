import CSQLiteDisk
import GRDBSQLite
import Synchronization

/// Calls of SQLite that change files below a directory, for whoever records them or makes them fail.
final class WatchedSQLite: Sendable {
    enum Call: Int32, Sendable {
        case write = 1
        case truncate, synchronise, delete
    }

    /// Asked before a call; false: the disk is full.
    typealias Admission = @Sendable (Call, _ path: String) -> Bool
    /// Told of a call that was made.
    typealias Telling = @Sendable (Call, _ path: String) -> Void

    private struct Watch {
        let directory: String
        let admits: Admission
        let tell: Telling
    }

    private static let watches = Mutex<[Int: Watch]>([:])

    /// Once in a process: the connections opened before are not seen.
    private static let installation: Void = sqlite_disk_install { call, isDone, path in
        WatchedSQLite.take(Call(rawValue: call)!, isDone != 0, path.map { String(cString: $0) } ?? "")
    }

    private static func take(_ call: Call, _ isDone: Bool, _ path: String) -> Int32 {
        let concerned = watches.withLock { $0.values.filter { path.hasPrefix($0.directory + "/") } }
        for watch in concerned {
            if isDone {
                watch.tell(call, path)
            } else if !watch.admits(call, path) {
                return SQLITE_FULL
            }
        }
        return SQLITE_OK
    }

    private let number: Int

    /// Until this object goes.
    init(below directory: String, admits: @escaping Admission = { _, _ in true }, tell: @escaping Telling = { _, _ in })
    {
        Self.installation
        number = Self.watches.withLock { watches in
            let number = (watches.keys.max() ?? 0) + 1
            watches[number] = Watch(directory: directory, admits: admits, tell: tell)
            return number
        }
    }

    deinit { Self.watches.withLock { $0[number] = nil } }
}
