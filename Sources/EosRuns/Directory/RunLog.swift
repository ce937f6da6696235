import CEos
import EosCore
import Foundation
import Synchronization

/// The run's log: a line a message, with its time in UTC. Any thread.
public final class RunLog: Sendable {
    private let file: Mutex<Int32>

    public init(_ directory: RunDirectory) throws(EosError) {
        let file = open(directory.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw EosError.file(directory.log, errno) }
        self.file = Mutex(file)
    }

    deinit { file.withLock { _ = close($0) } }

    /// `level` is `EOS_LOG_*`. A line that can't be written is lost: nothing depends on it.
    public func write(_ level: Int, _ message: String) {
        let names = ["debug", "info", "warning", "error"]
        let name = names.indices.contains(level) ? names[level] : "info"
        let time = Date().formatted(.iso8601)
        let line = "\(time) \(name): \(oneLine(message))\n"
        file.withLock { file in _ = Glibc.write(file, line, line.utf8.count) }
    }
}
