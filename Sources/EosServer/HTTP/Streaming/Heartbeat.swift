/// Says when a sign of life is due, to all streams at once: a timer for every wait of every stream would keep its memory
/// until its time has come, long after the wait is over.
final class Heartbeat: Sendable {
    private let interval: Double
    private let waiters = Waiters()

    /// - Parameter interval: seconds from one beat to the next.
    init(every interval: Double) { self.interval = interval }

    /// What to pass to `wait`: the next beat after now is the one that is meant.
    var mark: Int { waiters.mark }

    /// Returns at the first beat after `mark` was taken, or when the task is cancelled.
    func wait(since mark: Int) async { await waiters.wait(since: mark) }

    /// Beats until the task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: .seconds(interval))) != nil { waiters.notify() }
    }
}
