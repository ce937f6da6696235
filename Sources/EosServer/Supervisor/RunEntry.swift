import EosRunModel
import EosRuns

/// What the supervisor knows of a run.
struct RunEntry: Sendable {
    let directory: RunDirectory
    var report: RunReport
    /// Of its spec; nil: that can't be read, so that the run can't be started.
    var needs: RunNeeds?
    let feed: RunFeed
    private var hold = RunLife.Hold.nobody
    /// The worker that was started last, and when, before it could record anything, in seconds since 1970.
    var launched: (process: WorkerProcess, time: Double)?
    /// While a worker is listened to.
    private(set) var work: Work?
    /// Tells one wait for a restart from the next.
    var delays = 0

    struct Work: Sendable {
        let link: WorkerLink
        let threads: Int
        /// What is to become of the run where its worker has to be killed.
        var forced: StateChange?
        /// When the worker is killed, on the monotonic clock.
        var deadline = Double.infinity
        /// Seconds since the worker was heard of.
        var silence = 0
    }

    init(_ directory: RunDirectory, _ report: RunReport, _ needs: RunNeeds?, _ feed: RunFeed) {
        self.directory = directory
        self.report = report
        self.needs = needs
        self.feed = feed
    }

    var life: RunLife {
        get { RunLife(report.state, hold) }
        set {
            report.summary.state = newValue.state
            hold = newValue.hold
            switch hold {
            case .worker: break
            case .nobody, .queue, .delay, .here:
                work = nil
                launched = nil
                report.pid = nil
                report.isStalled = false
            }
        }
    }

    mutating func begin(_ work: Work) { self.work = work }

    /// Nothing where nobody is listened to.
    mutating func changeWork(_ change: (inout Work) -> Void) {
        guard work != nil else { return }
        change(&work!)
    }
}
