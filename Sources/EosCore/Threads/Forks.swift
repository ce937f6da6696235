import Glibc
import Synchronization

/// How often this process and its parents have forked, seen from here: what was made at another count has lost its
/// threads.
enum Forks {
    private static let count = Atomic<Int>(0)
    private static let isWatched: Bool = {
        // Made before a child can count.
        _ = count.load(ordering: .relaxed)
        return pthread_atfork(nil, nil, { Forks.count.add(1, ordering: .relaxed) }) == 0
    }()

    static var now: Int {
        _ = isWatched
        return count.load(ordering: .relaxed)
    }
}
