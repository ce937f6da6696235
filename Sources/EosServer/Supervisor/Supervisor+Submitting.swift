import EosCore
import EosDiscovery
import EosPluginHost
import EosRunModel
import EosRuns
import Foundation

/// New runs.
extension Supervisor {
    public func submit(_ submission: Submission) async throws(ServiceError) -> RunReport {
        if let directory = submission.directory, !directory.hasPrefix("/") {
            throw ServiceError(.badRequest, "directory is \(directory)", hint: "give an absolute path, or remove it")
        }
        let (directory, report, needs) = try await submissions.run { [self] () throws(ServiceError) in
            try make(submission)
        }
        return try await changes.run { [self] () throws(ServiceError) in
            let id = directory.id
            let feed = RunFeed(directory, last: 0, reader: reader(of: id))
            state.withLock { state in
                state.entries[id] = RunEntry(directory, report, needs, feed)
                state.order.append(id)
                state.totals.submitted += 1
            }
            try take(.found(isHeld: false, isReadable: true), id)
            announce(id)
            schedule()
            return self.report(of: id) ?? report
        }
    }

    private func make(
        _ submission: Submission
    ) throws(ServiceError) -> (RunDirectory, RunReport, RunNeeds) {
        guard !state.withLock(\.isDraining) else {
            throw ServiceError(.unavailable, "eosd is ending", hint: "submit the spec again when eosd is running")
        }
        let workbench = Workbench(discovery().scan())
        let spec: RunSpec
        do throws(EosError) {
            spec = try RunSpec(
                text: submission.spec, file: "spec", directory: submission.directory, name: submission.name ?? "run",
                overrides: submission.overrides, catalogue: workbench)
        } catch {
            throw ServiceError(.invalidSpec, error)
        }
        guard spec.compute.threads <= options.maxThreads else {
            throw ServiceError(
                .invalidSpec, "compute.threads = \(spec.compute.threads), but eosd has \(options.maxThreads) threads",
                hint: "request fewer threads, or start eosd with a larger --max-threads")
        }
        do throws(EosError) {
            let directory = try RunSession.queue(spec, from: workbench, in: runs, store: store)
            let report = try RunReport.recorded(directory, try RunDatabase.open(directory, readOnly: true))
            return (directory, report, RunNeeds(spec))
        } catch {
            logger.error("a submission failed: \(error)")
            throw ServiceError(.unavailable, error)
        }
    }

    public func findings() async -> Findings {
        await submissions.run { [self] in discovery().scan() }
    }

    /// Looked at anew by every request: plugins are dropped in, replaced and taken away while eosd goes on.
    private func discovery() -> Discovery {
        Discovery(
            .standard { [options] name in
                if let own = options.environment[name] { own } else { PluginSearchPath.variable(name) }
            })
    }
}
