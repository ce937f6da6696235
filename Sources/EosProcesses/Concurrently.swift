import EosCore
import Glibc
import Synchronization

/// Applies `body` to every item, up to `limit` at a time, each on a thread of its own. The results come in the items'
/// order.
public func concurrently<Item: Sendable, Result: Sendable>(
    _ items: [Item], atMost limit: Int, _ body: @escaping @Sendable (Item) -> Result
) -> [Result] {
    let work = Work(items, body)
    var threads: [pthread_t] = []
    // The caller is one of them; where the system has no more threads, the only one.
    for _ in 1..<max(1, min(limit, items.count)) {
        guard let thread = startThread(work.run) else { break }
        threads.append(thread)
    }
    work.run()
    for thread in threads { pthread_join(thread, nil) }
    return work.results.withLock { $0.map { $0! } }
}

private final class Work<Item: Sendable, Result: Sendable>: Sendable {
    let results: Mutex<[Result?]>
    private let items: [Item]
    private let body: @Sendable (Item) -> Result
    private let next = Atomic(0)

    init(_ items: [Item], _ body: @escaping @Sendable (Item) -> Result) {
        self.items = items
        self.body = body
        results = Mutex([Result?](repeating: nil, count: items.count))
    }

    func run() {
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < items.count else { return }
            let result = body(items[index])
            results.withLock { $0[index] = result }
        }
    }
}
