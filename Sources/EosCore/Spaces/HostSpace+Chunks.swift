/// How long vectors are shared among threads.
extension HostSpace {
    /// A vector cut into chunks, whole parts of sums.h: at most 256 of them, at least `least` elements each.
    ///
    /// They depend on the count alone, and their sums are added up in their order: the bits are the same with any number
    /// of threads.
    struct Chunks {
        static let least = 8 * part
        private static let most = 256
        private static let part = 1024

        let count: Int
        let size: Int

        init(_ count: Int) {
            let whole = (count + Self.most * Self.part - 1) / (Self.most * Self.part) * Self.part
            size = max(Self.least, whole)
            self.count = (count + size - 1) / size
        }

        func range(_ index: Int, of count: Int) -> Range<Int> { index * size..<min((index + 1) * size, count) }
    }

    /// Bytes that are read and written in less time than another thread needs to come along.
    private static let fewBytes = 1 << 19

    /// Calls `body` for each chunk, on several threads at once where there is enough to do.
    ///
    /// - Parameter vectors: how many are read or written.
    func inChunks(touching vectors: Int, _ body: (Range<Int>) -> Void) {
        let chunks = Chunks(count)
        if let threads, isWorthSharing(vectors) {
            threads.run(chunks.count) { body(chunks.range($0, of: count)) }
        } else {
            for chunk in 0..<chunks.count { body(chunks.range(chunk, of: count)) }
        }
    }

    /// Adds to `totals` what `body` writes for each chunk, as many numbers: chunk by chunk in their order.
    func sum(
        into totals: UnsafeMutableBufferPointer<Double>, reading vectors: Int,
        _ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) {
        let chunks = Chunks(count)
        let shared = isWorthSharing(vectors) ? threads : nil
        // All at once where threads share them; else one after the other in the same place, without an allocation.
        let places = shared == nil ? 1 : chunks.count
        withUnsafeTemporaryAllocation(of: Double.self, capacity: totals.count * places) { sums in
            func place(_ chunk: Int) -> UnsafeMutablePointer<Double> {
                sums.baseAddress! + (places == 1 ? 0 : chunk * totals.count)
            }
            shared?.run(chunks.count) { body(chunks.range($0, of: count), place($0)) }
            for chunk in 0..<chunks.count {
                if shared == nil { body(chunks.range(chunk, of: count), place(chunk)) }
                for i in totals.indices { totals[i] += place(chunk)[i] }
            }
        }
    }

    private func isWorthSharing(_ vectors: Int) -> Bool { vectors * bytes > Self.fewBytes }
}
