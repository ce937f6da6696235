import CEos
import EosCore
import EosRunModel
import EosRuns
import Foundation

/// What is found when eosd starts.
extension Supervisor {
    /// Takes up every run of the home: adopts workers, queues what waits, starts again what was lost.
    ///
    /// - Throws: `EOS_E_IO` where the directory of the runs can't be read.
    public func start() throws(EosError) {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: runs) } catch {
            throw EosError(
                EOS_E_IO, "\(runs): the directory can't be read; check its permissions, or give another --home")
        }
        let known = try index.lastOfRuns()
        var found: [(RunEntry, StateRecord)] = []
        for name in names {
            // Not made, or not removed, to the end.
            if name.hasPrefix(".") {
                try? FileManager.default.removeItem(atPath: "\(runs)/\(name)")
                continue
            }
            let directory: RunDirectory
            do throws(EosError) { directory = try RunDirectory.open("\(runs)/\(name)") } catch {
                logger.warning("\(runs)/\(name) is ignored: \(error)")
                continue
            }
            found.append(take(directory, told: known[name] ?? 0))
        }
        found.sort { ($0.0.report.created ?? 0, $0.0.report.id) < ($1.0.report.created ?? 0, $1.0.report.id) }
        let entries = found
        changes.sync {
            state.withLock { state in
                for (entry, _) in entries {
                    state.entries[entry.report.id] = entry
                    state.order.append(entry.report.id)
                }
            }
            // In the order in which they were queued.
            for (entry, _) in entries.sorted(by: { $0.1.time < $1.1.time }) { takeUp(entry) }
            for (entry, _) in entries { announce(entry.report.id) }
            schedule()
        }
        // Clients may come back with the numbers of events that were told before.
        waitForReaders()
        forgetRemoved(Set(names), known)
        store.prune()
        keepHouseFromNowOn()
        logger.info("\(entries.count) runs in \(runs), \(totals.adopted) workers adopted")
    }

    private func take(_ directory: RunDirectory, told: Int) -> (RunEntry, StateRecord) {
        let feed = RunFeed(directory, last: told, reader: reader(of: directory.id))
        do throws(EosError) {
            let database = try RunDatabase.open(directory, readOnly: true)
            let report = try RunReport.recorded(directory, database)
            let last = try database.lastState()
            let entry = RunEntry(directory, report, needs(of: directory), feed)
            return (entry, last ?? StateRecord(StateChange(.queued, "submitted"), iteration: 0, time: 0))
        } catch {
            logger.error("\(error)")
            return (
                RunEntry(directory, .unreadable(directory, error), needs(of: directory), feed),
                StateRecord(StateChange(.lost, error.message), iteration: 0)
            )
        }
    }

    /// On `changes`.
    private func takeUp(_ entry: RunEntry) {
        let id = entry.report.id
        let isHeld = RunLock.isHeld(entry.directory)
        if isHeld {
            state.withLock { $0.totals.adopted += 1 }
            logger.info("\(id): its worker is adopted")
            update(id) { $0.report.pid = RunLock.holder(entry.directory) }
        }
        let wish = UnheardWish.of(entry.directory)
        happen(.found(isHeld: isHeld, isReadable: entry.report.created != nil, wish: wish), to: id)
    }

    /// What was removed while nobody could tell is told now.
    private func forgetRemoved(_ names: Set<String>, _ known: [String: Int]) {
        for (run, last) in known where !names.contains(run) {
            try? index.takeRemoval(of: run, after: last)
        }
    }

    /// nil: the spec can't be read, so that its run can't be started.
    func needs(of directory: RunDirectory) -> RunNeeds? {
        do throws(EosError) { return try RunNeeds(path: directory.spec) } catch {
            logger.error("\(error)")
            return nil
        }
    }
}

extension RunReport {
    /// Of a run whose records can't be read: created at an unknown time.
    fileprivate static func unreadable(_ directory: RunDirectory, _ error: EosError) -> RunReport {
        RunReport(
            RunSummary(run: directory.id, name: directory.id, directory: directory.path, StateChange(.lost, "\(error)"))
        )
    }
}
