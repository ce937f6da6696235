import Synchronization

/// Lines that wait for somebody who takes them: what was noticed while a file was loaded, before anybody could be told.
public final class Remarks: Sendable {
    private let lines = Mutex<[String]>([])

    public init() {}

    public func add(_ line: String) { lines.withLock { $0.append(line) } }

    /// All lines, once.
    public func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}
