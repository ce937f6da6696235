import CEosConformance
import EosCore
import EosPluginHost
import EosProcesses
import Glibc
import Synchronization

/// The process that loads a plugin and looks at it. What it finds goes to descriptor 3, before the next check begins, so
/// that nothing is lost where a check ends the process.
public enum CheckWorker {
    /// - Parameter load: loads a plugin or a manifest.
    /// - Returns: never: it ends the process without running what the plugin left for its end.
    public static func run(
        _ file: String, _ job: CheckJob, load: @escaping (String) throws(EosError) -> any Maker
    ) -> Never {
        let channel = ResultChannel()
        func tell(_ event: CheckEvent) { channel.send(event) }
        let watch = Watch(limit: job.limit, channel)
        do throws(EosError) {
            let subject = try loaded(file, job, watch, channel, load)
            let suite = try Suite(subject, objective: job.objective, policy: job.policy, only: job.only)
            let description = subject.maker.description
            tell(.plan(name: "\(description.id) \(description.version)", suite.items))
            var done = Set(job.done)
            for item in suite.items where !done.contains(item) {
                tell(.begin(item))
                let start = monotonicTime()
                watch.begin()
                let findings = suite.run(item)
                watch.end()
                // What one check did to the process is not the next one's.
                eos_surroundings_restore()
                tell(.end(item, findings, seconds: monotonicTime() - start))
                done.insert(item)
                guard let reason = suite.spoils(item, findings) else { continue }
                for other in suite.items where other.subject == item.subject && !done.contains(other) {
                    tell(.end(other, [.skipped(reason)], seconds: 0))
                    done.insert(other)
                }
            }
            ProcessEnd.exit(0, isUsed: false)
        } catch {
            tell(.refused(status: error.status, error.message))
            _exit(1)
        }
    }

    private static func loaded(
        _ file: String, _ job: CheckJob, _ watch: Watch, _ channel: ResultChannel,
        _ load: (String) throws(EosError) -> any Maker
    ) throws(EosError) -> PluginSubject {
        var values = Configuration()
        for assignment in job.assignments { try values.set(assignment: assignment) }
        let settings = Settings(
            values: values, limit: job.limit, directories: job.directories, spec: job.spec)
        // What the first host of a process sets up is not what loading the plugin did.
        _ = Host()
        eos_surroundings_save()
        let before = Surroundings.now()
        watch.begin()
        let maker = try load(file)
        watch.end()
        var changes = Surroundings.now().changes(since: before)
        eos_surroundings_restore()
        // What the host put back before it could be seen here.
        changes += (maker as? LoadedPlugin)?.takeRemarks().map { Life.remark($0, of: maker) } ?? []
        return PluginSubject(maker, settings, loading: changes) { channel.send(.note($0)) }
    }

    /// Ends the process where a check takes too long.
    private final class Watch: Sendable {
        private let deadline = Atomic<UInt64>(.max)
        private let limit: Double
        private let channel: ResultChannel

        init(limit: Double, _ channel: ResultChannel) {
            self.limit = limit
            self.channel = channel
            // Whatever mask a plugin finds is its own thread's.
            if let thread = startThread({ [self] in watch() }) { pthread_detach(thread) }
        }

        func begin() { deadline.store(UInt64((monotonicTime() + limit) * 1e9), ordering: .relaxed) }
        func end() { deadline.store(.max, ordering: .relaxed) }

        private func watch() {
            while true {
                usleep(10_000)
                if UInt64(monotonicTime() * 1e9) > deadline.load(ordering: .relaxed) {
                    channel.send(.timeout)
                    _exit(1)
                }
            }
        }
    }
}

extension ResultChannel {
    fileprivate func send(_ event: CheckEvent) { send(event.line.utf8) }
}
