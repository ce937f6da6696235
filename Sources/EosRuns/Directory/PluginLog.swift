import Synchronization

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
