import CEos
import EosCore
import EosRunModel
import EosRuns
import Foundation

/// What happens to runs. Everything on `changes`.
extension Supervisor {
    /// Takes an event into the life of a run and does what follows from it, in order. The new state holds once it is
    /// recorded.
    ///
    /// - Parameters:
    ///   - database: of the run, where its lock is held.
    ///   - report: holds with the new state, unless a state is recorded.
    /// - Throws: where the run can't be granted a request, or something that was to be recorded could not be.
    func take(
        _ event: RunLife.Event, _ id: String, _ database: RunDatabase? = nil, report: RunReport? = nil
    ) throws(ServiceError) {
        let entry = try entry(id)
        let (life, effects): RunLife.Step
        do throws(RunLife.Refusal) { (life, effects) = try entry.life.after(event) } catch {
            throw ServiceError(
                .conflict, "\(id) is \(entry.report.state.rawValue): \(error.sentence)", hint: error.remedy)
        }
        var rest = effects[...]
        do throws(EosError) {
            while case .record(let change)? = rest.first {
                try record(change, entry, database)
                rest = rest.dropFirst()
            }
        } catch {
            throw ServiceError(error.status == eos_status(EOS_E_STATE) ? .conflict : .unavailable, error)
        }
        update(id) {
            if let report, rest.count == effects.count { $0.report = report }
            $0.life = life
        }
        for effect in rest { try perform(effect, id, database) }
    }

    /// As `take`, for what nobody asked for: where it can't be recorded the run is given up.
    func happen(_ event: RunLife.Event, to id: String, _ database: RunDatabase? = nil, report: RunReport? = nil) {
        do throws(ServiceError) { try take(event, id, database, report: report) } catch {
            if error.code != .notFound { giveUp(id, "\(error)") }
        }
    }

    /// Nothing can be recorded of a run that nobody works on.
    func giveUp(_ id: String, _ error: String) {
        logger.error("\(id): \(error)")
        happen(.unrecordable, to: id)
        update(id) { $0.report.summary.reason = "\(error); `eos retry` continues from the last checkpoint" }
    }

    private func perform(
        _ effect: RunLife.Effect, _ id: String, _ database: RunDatabase?
    ) throws(ServiceError) {
        switch effect {
        case .record, .interrupt: preconditionFailure("states are recorded first, and no run is trained by eosd")
        case .join(let isNext): join(id, isNext: isNext)
        case .leaveQueue: state.withLock { $0.queue.removeAll { $0 == id } }
        case .launch: launch(id)
        case .follow: follow(id)
        case .remember(let wish): remember(id, wish)
        case .tell(let wish): tell(id, wish)
        case .inquire: settle(id, .unknown)
        case .judge: happen(.judged(judgement(id)), to: id, database)
        case .delay(let seconds): delay(id, seconds)
        case .readSpec: update(id) { $0.needs = needs(of: $0.directory) }
        case .rest: rest(id)
        case .remove: try removeDirectory(id)
        }
    }

    /// A run that was lost had its turn already.
    private func join(_ id: String, isNext: Bool) {
        state.withLock { state in
            guard isNext else { return state.queue.append(id) }
            state.totals.restarted += 1
            state.queue.insert(id, at: 0)
            state.entries[id]?.report.restarts += 1
        }
    }

    private func delay(_ id: String, _ seconds: Double) {
        update(id) { $0.delays += 1 }
        let number = state.withLock { $0.entries[id]?.delays }
        changes.async(after: seconds) { [weak self] in
            guard let self, let entry = state.withLock({ $0.entries[id] }), entry.delays == number else { return }
            happen(.delayed, to: id)
            schedule()
        }
    }

    /// A worker is told all the same where that can't be kept.
    private func remember(_ id: String, _ wish: RunWish) {
        guard let entry = state.withLock({ $0.entries[id] }) else { return }
        let last = max(entry.feed.last, entry.report.events)
        do throws(EosError) { try UnheardWish.keep(wish, after: last, in: entry.directory) } catch {
            logger.warning("\(id): the request to \(wish) could not be recorded and is lost if eosd ends now: \(error)")
        }
    }

    /// Nothing more happens to it for now: its database need not stay open.
    private func rest(_ id: String) {
        guard let entry = state.withLock({ $0.entries[id] }) else { return }
        UnheardWish.forget(entry.directory)
        reader(of: id).async { entry.feed.rest() }
    }

    // MARK: Records

    /// Takes a state into the records of a run that nobody works on, and into its report.
    ///
    /// - Throws: `EOS_E_STATE` where somebody does work on it.
    private func record(_ change: StateChange, _ entry: RunEntry, _ database: RunDatabase?) throws(EosError) {
        let report: RunReport
        if let database {
            try database.record(StateRecord(change, iteration: try database.lastState()?.iteration ?? 0))
            report = try RunReport.recorded(entry.directory, database)
        } else {
            report = try write(StateRecord(change, iteration: entry.report.summary.numbers.iteration), entry.directory)
        }
        update(report.id) { $0.report = report }
        announce(report.id)
    }

    /// A function of its own, so that the lock is free afterwards.
    private func write(_ record: StateRecord, _ directory: RunDirectory) throws(EosError) -> RunReport {
        let lock = try RunLock(directory, waiting: 2)
        defer { withExtendedLifetime(lock) {} }
        let database = try openOrReplace(directory)
        try database.record(record)
        return try RunReport.recorded(directory, database)
    }
}
