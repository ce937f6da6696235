import Synchronization

/// The indices of a loop: one contiguous share per thread, and a common rest. A thread takes its own share first, then of
/// the rest, then what is left of the others' shares.
///
/// So in loops of the same length each thread comes back to the memory it worked on before, unless one falls behind.
/// Where processors have no cache in common, as those of two chiplets, all else has to be fetched from the other's. The
/// rest lets threads end at the same time where indices do not cost the same.
struct Shares: ~Copyable {
    /// Indices that are claimed one after the other; alone in a cache line, because claiming is writing.
    private struct Share: ~Copyable {
        let next = Atomic<Int64>(0)
        let end = Atomic<Int64>(0)
        private let padding: (Int64, Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, 0, 0, 0)

        func set(_ range: Range<Int64>) {
            next.store(range.lowerBound, ordering: .relaxed)
            end.store(range.upperBound, ordering: .relaxed)
        }

        func take(_ body: (Int64) -> Void) {
            let end = end.load(ordering: .relaxed)
            // Looks before it writes: of many threads that find nothing left, none takes the line from the others.
            while next.load(ordering: .relaxed) < end {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < end else { return }
                body(index)
            }
        }
    }

    /// One index in so many has no thread of its own: those at the end.
    private static let restPart: Int64 = 3

    private let threads: Int
    /// One per thread, and the rest.
    private let shares: UnsafeMutablePointer<Share>

    init(threads: Int) {
        self.threads = threads
        shares = UnsafeMutableRawPointer.allocate(byteCount: (threads + 1) * MemoryLayout<Share>.stride, alignment: 64)
            .bindMemory(to: Share.self, capacity: threads + 1)
        for index in 0...threads { (shares + index).initialize(to: Share()) }
    }

    deinit {
        shares.deinitialize(count: threads + 1)
        shares.deallocate()
    }

    /// Cuts 0 ..< count; no thread may be taking.
    func cut(_ count: Int64) {
        let shared = count - count / Self.restPart
        let (size, more) = shared.quotientAndRemainder(dividingBy: Int64(threads))
        var first: Int64 = 0
        for thread in 0..<threads {
            let end = first + size + (Int64(thread) < more ? 1 : 0)
            shares[thread].set(first..<end)
            first = end
        }
        shares[threads].set(first..<count)
    }

    /// Calls `body` for indices that no thread has taken, until there are none.
    func take(by thread: Int, _ body: (Int64) -> Void) {
        shares[thread].take(body)
        shares[threads].take(body)
        for other in 1..<threads { shares[(thread + other) % threads].take(body) }
    }
}
