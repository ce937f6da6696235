import EosCore

/// What came in on a stream and was not read yet. Filled by the connection, emptied by the reader.
final class EventInbox: @unchecked Sendable {
    enum Item: Sendable {
        /// eosd has taken the stream on.
        case opened
        case event(ServerEvent)
        case ended(ClientError?)
    }

    /// A reader that is slow makes eosd wait, instead of filling the memory.
    private static let full = 4096

    // Unchecked because all of these are guarded by the condition.
    private let condition = Condition()
    private var items: [Item] = []
    private var next = 0
    private var isFull = false
    private var lastID = ""

    /// The last id that the stream gave, with an event or without one; empty: none.
    var id: String { condition.withLock { lastID } }

    /// - Returns: false where there is no room for more.
    func put(_ new: [Item], id: String? = nil) -> Bool {
        condition.withLock {
            items += new
            if let id, !id.isEmpty { lastID = id }
            // Full until all is read: only then is the connection told to go on.
            isFull = isFull || items.count - next >= Self.full
            condition.broadcast()
            return !isFull
        }
    }

    /// The next item; nil: there was none until then.
    ///
    /// - Parameter time: of the monotonic clock.
    func wait(until time: Double) -> Item? {
        condition.withLock {
            while next == items.count, condition.wait(until: time) {}
            guard next < items.count else { return nil }
            defer {
                next += 1
                if next == items.count { (items, next) = ([], 0) }
            }
            return items[next]
        }
    }

    /// Whether everything was read since there was no room: tells it once.
    func hasRoomAgain() -> Bool {
        condition.withLock {
            guard isFull, next == items.count else { return false }
            isFull = false
            return true
        }
    }
}
