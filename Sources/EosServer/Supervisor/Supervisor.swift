import CEos
import EosCore
import EosProcesses
import EosRunModel
import EosRuns
import Foundation
import Logging
import Synchronization

/// Looks after the runs below a home directory: starts their workers, adopts those that an earlier eosd left, starts lost
/// ones again. Any thread.
///
/// What is asked is answered from memory. Every change goes through one serial queue, where disks and processes may be
/// waited for. It never blocks a worker: workers write their own records, and live on without it.
public final class Supervisor: ManagedRunService {
    public struct Options: Sendable {
        public var home: String
        /// Workers at a time.
        public var maxRuns: Int
        /// Threads of all workers at a time.
        public var maxThreads: Int
        /// eosd's environment serves where this has no value.
        public var environment: [String: String?]

        public init(home: String, maxRuns: Int, maxThreads: Int, environment: [String: String?] = [:]) {
            self.home = home
            self.maxRuns = max(maxRuns, 1)
            self.maxThreads = max(maxThreads, 1)
            self.environment = environment
        }
    }

    struct State {
        var entries: [String: RunEntry] = [:]
        /// Ids in the order of submission.
        var order: [String] = []
        var queue: [String] = []
        var totals = ServiceTotals()
        var isDraining = false
    }

    let options: Options
    let runs: String
    let store: PluginStore
    let index: EventIndex
    let logger: Logger
    let state = Mutex(State())
    /// Every change of an activity.
    let changes = BackgroundQueue("eos.supervisor")
    /// Submissions: directories are made side by side, as disks like it.
    let submissions = BackgroundQueue("eos.submissions", atATime: 64)
    private let readers = (0..<4).map { BackgroundQueue("eos.reader.\($0)") }

    /// - Throws: `EOS_E_IO` where the home can't be used.
    public init(_ options: Options, logger: Logger) throws(EosError) {
        self.options = options
        self.logger = logger
        runs = "\(options.home)/runs"
        guard mkdir(runs, 0o700) == 0 || errno == EEXIST else {
            throw EosError(EOS_E_IO, "\(runs): \(String(cString: strerror(errno))); give another --home")
        }
        store = try PluginStore(directory: "\(options.home)/plugins")
        index = try EventIndex(home: options.home)
        state.withLock {
            $0.totals.maxRuns = options.maxRuns
            $0.totals.maxThreads = options.maxThreads
        }
    }

    /// Where the database of a run is waited for: always the same place for the same run.
    func reader(of id: String) -> BackgroundQueue {
        readers[Int(UInt(bitPattern: id.hashValue) % UInt(readers.count))]
    }

    /// Returns once everything that was announced before has been read.
    func waitForReaders() { for reader in readers { reader.sync {} } }

    // MARK: Answers from memory

    public func reports() -> [RunReport] {
        let (reports, queue) = state.withLock { state in
            (state.order.compactMap { state.entries[$0]?.report }, state.queue)
        }
        let places = Dictionary(uniqueKeysWithValues: queue.enumerated().map { ($1, $0) })
        return reports.map { report in
            var report = report
            report.queued = places[report.id]
            return report
        }
    }

    public func report(of id: String) -> RunReport? {
        state.withLock { state in
            guard var report = state.entries[id]?.report else { return nil }
            if report.state.phase == .waiting { report.queued = state.queue.firstIndex(of: id) }
            return report
        }
    }

    public func directory(of id: String) -> RunDirectory? { state.withLock { $0.entries[id]?.directory } }

    public func feed(of id: String?) -> (any EventFeed)? {
        guard let id else { return index }
        return state.withLock { $0.entries[id]?.feed }
    }

    public var totals: ServiceTotals { state.withLock(\.totals) }

    // MARK: Shared steps

    /// Changes an entry; nothing where it is gone.
    func update(_ id: String, _ change: (inout RunEntry) -> Void) {
        state.withLock { state in
            guard state.entries[id] != nil else { return }
            change(&state.entries[id]!)
        }
    }

    /// Tells everybody who listens what was recorded of a run since.
    func announce(_ id: String) {
        guard let feed = state.withLock({ $0.entries[id]?.feed }) else { return }
        reader(of: id).async { [self] in
            do throws(EosError) {
                try feed.refresh { (events) throws(EosError) in try index.take(events) }
            } catch {
                logger.warning("the events of \(id) can't be read: \(error)")
            }
        }
    }

    /// The database of a run whose lock is held here; one that is damaged is replaced.
    func openOrReplace(_ directory: RunDirectory) throws(EosError) -> RunDatabase {
        let (database, isNew) = try RunDatabase.openOrReplace(directory) { message in
            logger.error("\(message)")
            try? RunLog(directory).write(Int(EOS_LOG_WARNING), message)
        }
        if isNew { try database.record(facts: [("id", directory.id), ("name", directory.id)]) }
        return database
    }
}
