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
        /// While the run is going the database stays open.
        var isGoing = false
        var database: RunDatabase?
    }

    private let directory: RunDirectory
    private let state = Mutex(State())
    private let tail: FeedTail
    private let reader: BackgroundQueue

    /// - Parameters:
    ///   - last: sequence number of the last event that is known.
    ///   - reader: serial, where the database may be waited for.
    init(_ directory: RunDirectory, last: Int, reader: BackgroundQueue) {
        self.directory = directory
        self.reader = reader
        tail = FeedTail(keeping: Self.mostKept, last: last)
    }

    var last: Int { tail.last }
    var hasEnded: Bool { tail.hasEnded }

    /// Reads what was recorded since the last look and gives it to `take`, before those who wait here hear of it. On the
    /// reader.
    func refresh(_ take: ([RunEvent]) throws(EosError) -> Void) throws(EosError) {
        let database = try database()
        while true {
            let events = try database.events(after: last, limit: Self.batch, of: directory.id)
            guard let newest = events.last else { return }
            try take(events)
            let isGoing = state.withLock(\.isGoing)
            tail.advance(to: newest.sequence, keeping: isGoing ? events.map(StreamedEvent.init) : nil)
        }
    }

    /// The run is going from here on: its last events are kept in memory.
    func wake() { state.withLock { $0.isGoing = true } }

    /// The run is not going: what is kept in memory and open for it is let go.
    func rest() {
        state.withLock { state in
            state.isGoing = false
            state.database = nil
        }
        tail.forget()
    }

    /// The run is removed, or eosd ends.
    func end() {
        rest()
        tail.end()
    }

    func read(after sequence: Int, limit: Int) async throws(ServiceError) -> [StreamedEvent] {
        if let recent = tail.events(after: sequence, limit: limit) { return recent }
        let upTo = last
        do throws(EosError) {
            // What is newer than `last` has not been told to those who wait for all runs.
            return try await reader.run { [self] () throws(EosError) in
                try database().events(after: sequence, limit: limit, of: directory.id)
            }.filter { $0.sequence <= upTo }.map(StreamedEvent.init)
        } catch { throw ServiceError(.unavailable, error) }
    }

    func wait(after sequence: Int) async { await tail.wait(after: sequence) }

    /// On the reader.
    private func database() throws(EosError) -> RunDatabase {
        if let open = state.withLock(\.database) { return open }
        let opened = try RunDatabase.open(directory, readOnly: true)
        state.withLock { if $0.isGoing { $0.database = opened } }
        return opened
    }
}
