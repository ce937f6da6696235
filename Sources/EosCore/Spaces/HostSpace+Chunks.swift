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
        eachChunk(Chunks(count), vectors) { body($1) }
    }

    /// `sums` numbers, each the sum over the chunks, in their order, of what `body` writes for one.
    func sums(
        _ sums: Int, reading vectors: Int, _ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        let chunks = Chunks(count)
        var totals = [Double](repeating: 0, count: sums)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: sums * chunks.count) { parts in
            eachChunk(chunks, vectors) { body($1, parts.baseAddress! + $0 * sums) }
            for chunk in 0..<chunks.count {
                for i in 0..<sums { totals[i] += parts[chunk * sums + i] }
            }
        }
        return totals
    }

    private func eachChunk(_ chunks: Chunks, _ vectors: Int, _ body: (Int, Range<Int>) -> Void) {
        if let threads, vectors * bytes > Self.fewBytes {
            threads.run(chunks.count) { body($0, chunks.range($0, of: count)) }
        } else {
            for chunk in 0..<chunks.count { body(chunk, chunks.range(chunk, of: count)) }
        }
    }
}
