import EosCore
import EosProcesses
import EosRunModel
import EosRuns
import Foundation
import Synchronization

/// The events of one run: the last ones in memory while it is going, all others in its database.
final class RunFeed: EventFeed {
    private static let mostKept = 512
    private static let batch = 1000

    private struct State {
        var recent = RecentEvents(keeping: RunFeed.mostKept)
        var last: Int
        var hasEnded = false
        /// While the run is going the database stays open.
        var isGoing = false
        var database: RunDatabase?
    }

    private let directory: RunDirectory
    private let state: Mutex<State>
    private let waiters = Waiters()
    private let reader: BackgroundQueue

    /// - Parameters:
    ///   - last: sequence number of the last event that is known.
    ///   - reader: serial, where the database may be waited for.
    init(_ directory: RunDirectory, last: Int, reader: BackgroundQueue) {
        self.directory = directory
        self.reader = reader
        state = Mutex(State(last: last))
    }

    var last: Int { state.withLock(\.last) }
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    /// Reads what was recorded since the last look and gives it to `take`, before those who wait here hear of it. On the
    /// reader.
    func refresh(_ take: ([RunEvent]) throws(EosError) -> Void) throws(EosError) {
        let database = try database()
        while true {
            let events = try database.events(after: last, limit: Self.batch, of: directory.id)
            guard let newest = events.last else { return }
            try take(events)
            state.withLock { state in
                state.last = newest.sequence
                if state.isGoing { state.recent.append(events.map(StreamedEvent.init)) }
            }
            waiters.notify()
        }
    }

    /// The run is going from here on: its last events are kept in memory.
    func wake() { state.withLock { $0.isGoing = true } }

    /// The run is not going: what is kept in memory and open for it is let go.
    func rest() {
        state.withLock { state in
            state.isGoing = false
            state.database = nil
            state.recent.removeAll()
        }
    }

    /// The run is removed, or eosd ends.
    func end() {
        state.withLock { $0.hasEnded = true }
        rest()
        waiters.notify()
    }

    func read(after sequence: Int, limit: Int) async throws(ServiceError) -> [StreamedEvent] {
        let recent: [StreamedEvent]? = state.withLock { state in
            sequence >= state.last ? [] : state.recent.after(sequence, limit: limit)
        }
        if let recent { return recent }
        let upTo = last
        do throws(EosError) {
            // What is newer than `last` has not been told to those who wait for all runs.
            return try await reader.run { [self] () throws(EosError) in
                try database().events(after: sequence, limit: limit, of: directory.id)
            }.filter { $0.sequence <= upTo }.map(StreamedEvent.init)
        } catch { throw ServiceError(.unavailable, error) }
    }

    func wait(after sequence: Int) async {
        let mark = waiters.mark
        let isDue = state.withLock { $0.last > sequence || $0.hasEnded }
        if isDue || Task.isCancelled { return }
        await waiters.wait(since: mark)
    }

    /// On the reader.
    private func database() throws(EosError) -> RunDatabase {
        if let open = state.withLock(\.database) { return open }
        let opened = try RunDatabase.open(directory, readOnly: true)
        state.withLock { if $0.isGoing { $0.database = opened } }
        return opened
    }
}
