import CEosConformance
import EosCore
import EosPluginHost
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
        let watch = Watch(limit: job.limit)
        do throws(EosError) {
            let subject = try loaded(file, job, watch, load)
            let suite = try Suite(subject, objective: job.objective, policy: job.policy, only: job.only)
            let description = subject.maker.description
            tell(.plan(name: "\(description.id) \(description.version)", suite.items))
            for item in suite.items where !job.done.contains(item) {
                tell(.begin(item))
                let start = now()
                watch.begin()
                let findings = suite.run(item)
                watch.end()
                // What one check did to the mode is not the next one's.
                eos_float_reset()
                tell(.end(item, findings, seconds: now() - start))
            }
            fflush(nil)
            _exit(0)
        } catch {
            tell(.refused(status: error.status, error.message))
            _exit(1)
        }
    }

    private static func loaded(
        _ file: String, _ job: CheckJob, _ watch: Watch, _ load: (String) throws(EosError) -> any Maker
    ) throws(EosError) -> PluginSubject {
        var values = Configuration()
        for assignment in job.assignments { try values.set(assignment: assignment) }
        let settings = Settings(values: values, limit: job.limit, directories: job.directories)
        // Made by the first use of a plugin, and not what loading it did.
        _ = Plugin.initialHost
        let before = Surroundings.now()
        watch.begin()
        let maker = try load(file)
        watch.end()
        let changes = Surroundings.now().changes(since: before)
        eos_float_reset()
        return PluginSubject(maker, settings, loading: changes) { tell(.note($0)) }
    }

    /// The line goes out in one piece, past all buffers.
    private static func tell(_ event: CheckEvent) {
        let descriptor: Int32 = fcntl(3, F_GETFD) >= 0 ? 3 : 1
        var line = Array(event.line.utf8)[...]
        while !line.isEmpty {
            let count = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            line = line.dropFirst(max(0, count))
        }
    }

    /// Ends the process where a check takes too long.
    private final class Watch: Sendable {
        private let deadline = Atomic<UInt64>(.max)
        private let limit: Double

        init(limit: Double) {
            self.limit = limit
            var thread = pthread_t()
            // No signal is delivered here: whatever mask a plugin finds is its own thread's.
            var all = sigset_t()
            var before = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_SETMASK, &all, &before)
            defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
            pthread_create(
                &thread, nil,
                { context in
                    Unmanaged<Watch>.fromOpaque(context!).takeUnretainedValue().watch()
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            pthread_detach(thread)
        }

        func begin() { deadline.store(UInt64((now() + limit) * 1e9), ordering: .relaxed) }
        func end() { deadline.store(.max, ordering: .relaxed) }

        private func watch() {
            while true {
                usleep(10_000)
                if UInt64(now() * 1e9) > deadline.load(ordering: .relaxed) {
                    CheckWorker.tell(.timeout)
                    _exit(1)
                }
            }
        }
    }
}
