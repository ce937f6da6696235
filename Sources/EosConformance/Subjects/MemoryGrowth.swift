import EosCore

/// Calls that are repeated for a while, and what of the process's memory grew over them.
struct MemoryGrowth {
    /// How many calls there was time for.
    let count: Int
    /// Whether they were enough to tell growth from what a cache or a pool takes in leaps.
    let isJudged: Bool
    /// "malloc has 24 bytes more"; nil where nothing grows.
    let sentence: String?

    private static let parts = 10
    private static let fewestParts = 5
    private static let callsPerPart = 100

    /// Repeats `body` a thousand times, fewer where that would take longer than `seconds`: the clock is looked at after
    /// every call, so that no more than one goes beyond the time, however their durations differ.
    init(_ seconds: Double, _ body: () throws(EosError) -> Void) throws(EosError) {
        let start = monotonicTime()
        // What the first calls allocate may stay.
        try body()
        var count = 1
        var uses: [MemoryUse] = []
        var calls: [Int] = []
        uses.reserveCapacity(Self.parts + 1)
        calls.reserveCapacity(Self.parts + 1)
        for part in 0...Self.parts {
            let end = start + seconds * Double(part + 1) / Double(Self.parts + 1)
            var done = 0
            while done < Self.callsPerPart, monotonicTime() < end {
                try body()
                done += 1
            }
            if done == 0 { continue }
            count += done
            calls.append(done)
            uses.append(.now())
            // Enough was seen; the machine is to live on.
            if uses.last!.resident - uses[0].resident > 1 << 30 { break }
        }
        self.count = count
        isJudged = uses.count > Self.fewestParts || (uses.last?.resident ?? 0) - (uses.first?.resident ?? 0) > 1 << 30
        sentence = isJudged ? Self.growth(uses, calls) : nil
    }

    private static func growth(_ uses: [MemoryUse], _ calls: [Int]) -> String? {
        func slope(_ member: (MemoryUse) -> Int64) -> Double {
            let steps = (1..<uses.count).map { Double(member(uses[$0]) - member(uses[$0 - 1])) / Double(calls[$0]) }
                .sorted()
            // Below the median: most parts have to show it.
            return steps[steps.count / 3]
        }
        let heap = slope { $0.heap }
        let virtual = slope { $0.virtual }
        let resident = slope { $0.resident }
        if heap >= 8 { return "malloc holds \(Int(heap.rounded())) bytes more" }
        if virtual >= 256 { return "the address space grows by \(Int(virtual.rounded())) bytes" }
        if resident >= 256 { return "memory in use grows by \(Int(resident.rounded())) bytes" }
        return nil
    }
}
