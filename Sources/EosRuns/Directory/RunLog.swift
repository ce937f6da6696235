import EosCore
import Foundation
import Synchronization

/// The run's log: a line a message, with its time in UTC. Any thread.
public final class RunLog: Sendable {
    private let file: Mutex<Int32>

    public init(_ directory: RunDirectory) throws(EosError) {
        self.file = Mutex(try Self.descriptor(directory))
    }

    /// For a worker whose output is to go there; the caller closes it.
    public static func descriptor(_ directory: RunDirectory) throws(EosError) -> Int32 {
        try openFile(directory.log, O_WRONLY | O_CREAT | O_APPEND)
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

/// Where the lines go that plugins log: kept until there is a run to log to, then into its log. Any thread.
public final class PluginLog: Sendable {
    private struct State {
        var kept: [(level: Int32, message: String)] = []
        var log: RunLog?
    }

    /// Lines kept while there is no run; a plugin that says more has lost itself.
    private static let mostKept = 1000
    private let state = Mutex(State())

    public init() {}

    public func write(_ level: Int32, _ message: String) {
        state.withLock { state in
            if let log = state.log {
                log.write(Int(level), message)
            } else if state.kept.count < Self.mostKept {
                state.kept.append((level, message))
            }
        }
    }

    /// What was kept goes to `log` now, everything else later.
    func connect(to log: RunLog) {
        state.withLock { state in
            for line in state.kept { log.write(Int(line.level), line.message) }
            state = State(kept: [], log: log)
        }
    }
}
