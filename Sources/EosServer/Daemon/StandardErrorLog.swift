import Glibc
import Logging

/// The log of eosd on standard error: for journald with the priorities of sd-daemon, else with the time.
public struct StandardErrorLog: LogHandler {
    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    private let isJournal: Bool

    public init(isJournal: Bool = Self.isJournal) { self.isJournal = isJournal }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let extra = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }.joined()
        let head = isJournal ? "<\(event.level.priority)>" : "\(Self.time()) \(event.level.rawValue): "
        // In one piece, so that lines of threads do not mix; a line of a client's text stays one line.
        let text = Array((head + "\(event.message)\(extra)".replacing("\n", with: " ") + "\n").utf8)
        _ = write(STDERR_FILENO, text, text.count)
    }

    /// Whether standard error goes to the journal: JOURNAL_STREAM names its device and inode.
    public static var isJournal: Bool {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return false }
        return environment("JOURNAL_STREAM") == "\(status.st_dev):\(status.st_ino)"
    }

    /// "2026-01-31T23:59:59Z".
    private static func time() -> String {
        var now = Glibc.time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer[..<count].map(UInt8.init), as: UTF8.self)
    }
}

extension Logger.Level {
    /// Of syslog.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
