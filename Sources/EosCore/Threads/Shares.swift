import Synchronization

/// The indices of a loop, cut into one contiguous share per thread: a thread takes its own share first, then what is left
/// of the others'.
///
/// So in loops of the same length each thread comes back to the memory it worked on before, unless one falls behind.
/// Where processors have no cache in common, as those of two chiplets, all else has to be fetched from the other's.
struct Shares: ~Copyable {
    /// Alone in a cache line, because every index is claimed by writing to it.
    private struct Share: ~Copyable {
        let next = Atomic<Int64>(0)
        let end = Atomic<Int64>(0)
        private let padding: (Int64, Int64, Int64, Int64, Int64, Int64) = (0, 0, 0, 0, 0, 0)
    }

    private let shares: UnsafeMutablePointer<Share>
    private let threads: Int

    init(threads: Int) {
        self.threads = threads
        shares = UnsafeMutableRawPointer.allocate(byteCount: threads * MemoryLayout<Share>.stride, alignment: 64)
            .bindMemory(to: Share.self, capacity: threads)
        for thread in 0..<threads { (shares + thread).initialize(to: Share()) }
    }

    deinit {
        shares.deinitialize(count: threads)
        shares.deallocate()
    }

    /// Cuts 0 ..< count; no thread may be taking.
    func cut(_ count: Int64) {
        let (size, rest) = count.quotientAndRemainder(dividingBy: Int64(threads))
        var first: Int64 = 0
        for thread in 0..<threads {
            let end = first + size + (Int64(thread) < rest ? 1 : 0)
            shares[thread].next.store(first, ordering: .relaxed)
            shares[thread].end.store(end, ordering: .relaxed)
            first = end
        }
    }

    /// Calls `body` for indices that no thread has taken, until there are none.
    func take(by thread: Int, _ body: (Int64) -> Void) {
        for other in 0..<threads {
            let from = (thread + other) % threads
            let end = shares[from].end.load(ordering: .relaxed)
            // Looks before it writes: of many threads that find a share empty, none takes its line from the others.
            while shares[from].next.load(ordering: .relaxed) < end {
                let index = shares[from].next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < end else { break }
                body(index)
            }
        }
    }
}
