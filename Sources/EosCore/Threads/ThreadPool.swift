import CEosGuard
import Glibc
import Synchronization

/// A few threads that share the iterations of a loop: `eos_host.parallel`, and sums over long vectors.
///
/// One loop at a time uses the threads; a loop begun inside of another, or while another thread's is going, runs on the
/// thread that called. Workers start with the first loop that can use them, block the signals that come from outside, so
/// that handlers run on threads of the program, and end with the pool. They compute in the floating-point mode that the
/// pool was made in, whatever a loop's body does to it. A child after fork has none of them: its first loop starts its
/// own.
public final class ThreadPool: Sendable {
    public typealias Body = @convention(c) (UnsafeMutableRawPointer?, Int64) -> Void

    /// Threads of a loop, the calling one included.
    public let threads: Int
    /// The address of the team, which is retained: a child after fork replaces it.
    private let team: Atomic<UInt>

    public init(threads: Int) {
        self.threads = max(1, threads)
        team = Atomic(Team(threads: self.threads).retained())
    }

    deinit {
        let address = team.load(ordering: .acquiring)
        // Of a team of the parent's there is nobody to dismiss, and its locks may be held for ever: it is left alone.
        guard !Team.at(address).isInherited else { return }
        Team.at(address).dismiss()
        Team.release(address)
    }

    /// Calls `body(context, i)` for every i in 0 ..< count and returns when all are done.
    public func run(_ count: Int64, _ body: Body, _ context: UnsafeMutableRawPointer?) {
        guard threads > 1, count > 1 else { return alone(count, body, context) }
        let team = ownTeam()
        guard team.enter() else { return alone(count, body, context) }
        team.run(Team.Loop(body: body, context: context, count: count))
        team.leave()
    }

    private func alone(_ count: Int64, _ body: Body, _ context: UnsafeMutableRawPointer?) {
        for index in 0..<max(0, count) { body(context, index) }
    }

    /// The team; in a child after fork a new one, once.
    private func ownTeam() -> Team {
        let address = team.load(ordering: .acquiring)
        let known = Team.at(address)
        return known.isInherited ? replace(address) : known
    }

    @inline(never)
    private func replace(_ inherited: UInt) -> Team {
        let new = Team(threads: threads).retained()
        let (exchanged, original) = team.compareExchange(
            expected: inherited, desired: new, ordering: .acquiringAndReleasing)
        if exchanged { return Team.at(new) }
        // Another thread was faster.
        Team.release(new)
        return Team.at(original)
    }

    /// The same for a closure, which is called on several threads at once.
    func run(_ count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { closure in
                run(
                    Int64(count),
                    { context, index in
                        context!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(index))
                    }, UnsafeMutableRawPointer(mutating: closure))
            }
        }
    }
}

/// What the caller and the workers of a pool share.
private final class Team: @unchecked Sendable {
    struct Loop {
        let body: ThreadPool.Body
        let context: UnsafeMutableRawPointer?
        let count: Int64
    }

    private let entry = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let shares: Shares
    private let threads: Int
    private let control = floating_point_control()
    private let controlOfLongDoubles = floating_point_x87()
    private let forks = Forks.now
    /// The workers, once they have been started. Of whoever has entered.
    private var workers: [pthread_t]?
    // All below under `lock`.
    private var loop: Loop?
    private var generation = 0
    private var active = 0
    private var isDismissed = false

    init(threads: Int) {
        self.threads = threads
        shares = Shares(threads: threads)
        pthread_mutex_init(entry, nil)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(work, nil)
        pthread_cond_init(done, nil)
    }

    /// Whether it was made before this process was forked off: its workers are threads of the parent.
    var isInherited: Bool { forks != Forks.now }

    /// The address of this team with a reference of its own, which `release` gives back.
    func retained() -> UInt { UInt(bitPattern: Unmanaged.passRetained(self).toOpaque()) }

    static func at(_ address: UInt) -> Team {
        Unmanaged<Team>.fromOpaque(UnsafeRawPointer(bitPattern: address)!).takeUnretainedValue()
    }

    static func release(_ address: UInt) {
        Unmanaged<Team>.fromOpaque(UnsafeRawPointer(bitPattern: address)!).release()
    }

    deinit {
        pthread_mutex_destroy(entry)
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(work)
        pthread_cond_destroy(done)
        entry.deallocate()
        lock.deallocate()
        work.deallocate()
        done.deallocate()
    }

    /// Whether the caller got the team; false inside of a loop, on whichever of its threads.
    func enter() -> Bool { pthread_mutex_trylock(entry) == 0 }

    func leave() { pthread_mutex_unlock(entry) }

    /// Starts workers; fewer where the system has no more threads.
    private func start() -> [pthread_t] {
        var started: [pthread_t] = []
        for number in 1..<threads {
            guard let thread = startThread({ [self] in serve(as: number) }) else { break }
            started.append(thread)
        }
        return started
    }

    func dismiss() {
        pthread_mutex_lock(lock)
        isDismissed = true
        pthread_cond_broadcast(work)
        pthread_mutex_unlock(lock)
        for worker in workers ?? [] { pthread_join(worker, nil) }
    }

    func run(_ loop: Loop) {
        if workers == nil { workers = start() }
        shares.cut(loop.count)
        pthread_mutex_lock(lock)
        self.loop = loop
        generation += 1
        pthread_cond_broadcast(work)
        pthread_mutex_unlock(lock)

        take(loop, by: 0)

        // A worker that has not woken by now finds no loop and is not waited for.
        pthread_mutex_lock(lock)
        self.loop = nil
        while active > 0 { pthread_cond_wait(done, lock) }
        pthread_mutex_unlock(lock)
    }

    func serve(as worker: Int) {
        var served = 0
        pthread_mutex_lock(lock)
        while !isDismissed {
            guard generation != served, let loop else {
                pthread_cond_wait(work, lock)
                continue
            }
            served = generation
            active += 1
            pthread_mutex_unlock(lock)
            floating_point_set(control)
            floating_point_set_x87(controlOfLongDoubles)
            take(loop, by: worker)
            pthread_mutex_lock(lock)
            active -= 1
            if active == 0 { pthread_cond_signal(done) }
        }
        pthread_mutex_unlock(lock)
    }

    private func take(_ loop: Loop, by thread: Int) {
        shares.take(by: thread) { loop.body(loop.context, $0) }
    }
}
