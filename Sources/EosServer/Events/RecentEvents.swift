/// The last events of a feed, in the order of their sequence numbers.
struct RecentEvents {
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
