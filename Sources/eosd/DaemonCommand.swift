import ArgumentParser
import CEos
import EosCore
import EosPluginHost
import EosProcesses
import EosServer
import Glibc
import Logging

/// Looks after runs in the background.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eosd", abstract: "Train runs in the background.",
        discussion: """
            Each run has a process of its own. It continues when eosd ends, and the next eosd adopts it. After SIGTERM \
            or SIGINT, eosd answers its current requests and ends. --on-exit says what happens to the runs. A second \
            signal ends it at once. After SIGHUP, it reads the token file again and looks for plugins.

            eosd writes its log to standard error. Under systemd, it takes over the sockets and reports readiness, \
            status and watchdog signals.
            """, version: EOS_VERSION_STRING)

    @OptionGroup var options: Options

    func run() throws {
        // Before anything starts a thread.
        ProcessMemory.shareArenas()
        let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
        signal(SIGPIPE, SIG_IGN)
        // A thousand connections and as many runs, where the system allows it.
        Descriptors.raiseLimit(to: 8192)
        LoggingSystem.bootstrap { _ in StandardErrorLog() }
        let logger = Logger(label: "eosd")
        let options = options
        Task {
            do throws(EosError) {
                let daemon = Daemon(try options.daemon(), logger: logger)
                try await daemon.run(signals.signals) { (home) throws(EosError) in
                    let processors = availableProcessors()
                    return try Supervisor(
                        Supervisor.Options(
                            home: home.path, maxRuns: options.maxRuns ?? processors,
                            maxThreads: options.maxThreads ?? max(processors, options.maxRuns ?? 0)), logger: logger)
                }
                Glibc.exit(0)
            } catch {
                logger.critical("\(error.message)")
                Glibc.exit(1)
            }
        }
        // dispatchMain() would let this thread take the signals that are waited for elsewhere.
        while true { pause() }
    }
}
