import EosClient
import EosCore
import EosJSON
import EosRunModel
import Foundation

/// Keeps looking at runs until they have ended, through restarts of eosd.
struct RunFollower {
    /// A run came into a state.
    struct Change {
        let run: String
        let state: RunState
        let reason: String
        let iteration: Int
    }

    /// Seconds for which eosd may be gone.
    static let patience = 120.0
    /// Seconds between looks at a directory, which tells nothing by itself.
    private static let glance = 0.5

    private let sources: [any RunSource]
    private let stream: EventSource?
    private var absence = Absence()
    /// As of the last look, in the order asked for. A run that was removed stays as it was last seen.
    private(set) var reports: [RunReport] = []
    private(set) var removed: Set<String> = []

    init(_ sources: [any RunSource]) throws(Failure) {
        self.sources = sources
        // Before the first look, so that nothing happens in between.
        if let run = sources.compactMap({ $0 as? DaemonRun }).first {
            stream = try fromDaemon { () throws(ClientError) in
                try EventSource(run.client.address, "/v1/events", patience: Self.patience)
            }
        } else {
            stream = nil
        }
        for source in sources { reports.append(try Self.first(source)) }
    }

    private static func first(_ source: any RunSource) throws(Failure) -> RunReport {
        guard let run = source as? DaemonRun else { return try source.report() }
        let client = Client(run.client.address, endurance: patience)
        return try fromDaemon { () throws(ClientError) in try client.report(of: run.id) }
    }

    /// Whether nothing will happen any more to any of them.
    var haveEnded: Bool { reports.allSatisfy { $0.state.isEnd || removed.contains($0.id) } }

    /// Whether eosd, where it is needed, answers just now.
    var isConnected: Bool { !absence.isGoing && stream?.isConnected != false }

    /// Waits until a run changes its state, but `seconds` at most, and tells what changed.
    mutating func advance(within seconds: Double) throws(Failure) -> [Change] {
        let deadline = monotonicTime() + seconds
        var changes: [Change] = []
        repeat {
            let left = max(deadline - monotonicTime(), 0)
            guard let stream else {
                usleep(UInt32(min(left, Self.glance) * 1e6))
                changes = try refresh()
                continue
            }
            let watchesDirectories = sources.contains { $0 is DirectoryRun }
            let next = try fromDaemon { () throws(ClientError) in
                try stream.next(within: watchesDirectories ? min(left, Self.glance) : left)
            }
            switch next {
            case .event(let event): changes += take(event)
            // There may have been changes that the stream does not tell of any more.
            case .resumed: changes += try refresh()
            case .nothing: if watchesDirectories { changes += try refresh() }
            }
        } while changes.isEmpty && monotonicTime() < deadline && !haveEnded
        return changes
    }

    /// Looks at every run anew, and tells which are in another state than before.
    mutating func refresh() throws(Failure) -> [Change] {
        var changes: [Change] = []
        for (index, source) in sources.enumerated() where !removed.contains(reports[index].id) {
            guard let report = try look(at: source) else { continue }
            if report.state != reports[index].state { changes.append(Change(report)) }
            reports[index] = report
        }
        return changes
    }

    /// A last look, for the numbers at the end. An event may come before eosd's own report of it: an end that was told
    /// stays.
    mutating func finish() throws(Failure) {
        let told = reports
        _ = try refresh()
        for (index, report) in told.enumerated() where report.state.isEnd && !reports[index].state.isEnd {
            reports[index].summary.state = report.state
            reports[index].summary.reason = report.summary.reason
        }
    }

    private mutating func look(at source: any RunSource) throws(Failure) -> RunReport? {
        guard let run = source as? DaemonRun else { return try source.report() }
        do throws(ClientError) {
            let report = try run.client.report(of: run.id)
            absence.end()
            return report
        } catch {
            if error.kind == .refused(status: 404) {
                removed.insert(run.id)
                return nil
            }
            guard error.mayPass, absence.seconds() < Self.patience else {
                throw Failure(error.description, ExitStatus.failure)
            }
            return nil
        }
    }

    private mutating func take(_ event: ServerEvent) -> [Change] {
        guard let data = try? JSONText(reading: event.data.utf8), let id = data["run"]?.string,
            let index = reports.firstIndex(where: { $0.id == id })
        else { return [] }
        if event.kind == RunEvent.Kind.removed.rawValue { removed.insert(id) }
        guard event.kind == RunEvent.Kind.state.rawValue, let state = data["state"]?.string.flatMap(RunState.init)
        else { return [] }
        reports[index].summary.state = state
        reports[index].summary.reason = data["reason"]?.string ?? ""
        if let iteration = data["iteration"]?.integer { reports[index].summary.numbers.iteration = iteration }
        return [Change(reports[index])]
    }
}

/// How long eosd has not answered.
struct Absence {
    private var start: Double?

    var isGoing: Bool { start != nil }

    /// It does not answer: for so many seconds now.
    mutating func seconds() -> Double {
        let now = monotonicTime()
        defer { start = start ?? now }
        return now - (start ?? now)
    }

    mutating func end() { start = nil }
}

extension RunFollower.Change {
    init(_ report: RunReport) {
        self.init(
            run: report.id, state: report.state, reason: report.summary.reason,
            iteration: report.summary.numbers.iteration)
    }
}
