import Synchronization

/// Ids of evaluated points, so that work kept for one point is never taken for another's.
enum EvaluationID {
    private static let lastBlock = Atomic<Int64>(1)
    private static let last = Atomic<Int64>(0)

    /// An id for one point outside of any trainer.
    static func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }

    /// The id before the first of a block of 2^40 that nobody else uses.
    static func block() -> Int64 { lastBlock.add(1, ordering: .relaxed).newValue << 40 }
}
