import Synchronization

/// Ids for evaluations outside of any trainer, so that work kept for one point is never taken for another's.
enum EvaluationID {
    private static let last = Atomic<Int64>(1 << 62)

    static func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }
}
