import Synchronization

/// The end of a feed: its last events, as far as they are kept in memory, and those who wait for the next one.
final class FeedTail: Sendable {
    private struct State {
        var recent: RecentEvents
        var last: Int
        var hasEnded = false
    }

    private let state: Mutex<State>
    private let waiters = Waiters()

    /// - Parameter last: sequence number of the last event that is known.
    init(keeping most: Int, last: Int = 0) {
        state = Mutex(State(recent: RecentEvents(keeping: most), last: last))
    }

    var last: Int { state.withLock(\.last) }
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    /// Goes on to event `last`; where the new events are not kept, none of before is.
    func advance(to last: Int, keeping events: [StreamedEvent]?) {
        state.withLock { state in
            state.last = last
            if let events { state.recent.append(events) } else { state.recent.removeAll() }
        }
        waiters.notify()
    }

    func forget() { state.withLock { $0.recent.removeAll() } }

    func end() {
        state.withLock { $0.hasEnded = true }
        waiters.notify()
    }

    /// The first `limit` events after `sequence`; nil: some may not be in memory any more.
    func events(after sequence: Int, limit: Int) -> [StreamedEvent]? {
        state.withLock { $0.last <= sequence ? [] : $0.recent.after(sequence, limit: limit) }
    }

    func wait(after sequence: Int) async {
        let mark = waiters.mark
        let isDue = state.withLock { $0.last > sequence || $0.hasEnded }
        if isDue || Task.isCancelled { return }
        await waiters.wait(since: mark)
    }
}

/// The last events of a feed, in the order of their sequence numbers.
private struct RecentEvents {
    /// At least as many are kept, and at most twice as many.
    private let most: Int
    private var events: [StreamedEvent] = []

    init(keeping most: Int) { self.most = most }

    mutating func append(_ newest: [StreamedEvent]) {
        events += newest
        if events.count > 2 * most { events.removeFirst(events.count - most) }
    }

    mutating func removeAll() { events = [] }

    /// Those after `sequence`, the first `limit` of them; nil: some may not be here any more.
    func after(_ sequence: Int, limit: Int) -> [StreamedEvent]? {
        guard let first = events.first, first.sequence <= sequence + 1 else { return nil }
        // Numbers may have gaps: a search, no subtraction.
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return Array(events[low..<min(low + limit, events.count)])
    }
}
